-- One row per merged-away deal: the newest landed version.
{{ newest_version(
    source('raw', 'deal_merges'),
    key=['loser_deal_id'],
    columns=['winner_deal_id', 'merged_at']
) }}
