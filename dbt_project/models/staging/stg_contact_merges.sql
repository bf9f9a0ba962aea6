-- One row per merged-away contact: the newest landed version.
{{ newest_version(
    source('raw', 'contact_merges'),
    key=['loser_contact_id'],
    columns=['winner_contact_id', 'merged_at']
) }}
