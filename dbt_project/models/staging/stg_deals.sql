-- One row per deal: the newest landed version.
{{ newest_version(
    source('raw', 'deals'),
    key=['deal_id'],
    columns=[
        'deal_name', 'pipeline', 'stage', 'is_closed_won', 'amount', 'currency', 'created_at',
        'closed_at'
    ],
    required=['is_closed_won'],
    is_deletable=true
) }}
