-- One row per spend item: the newest landed version.
{{ newest_version(
    source('raw', 'spend_items'),
    key=['item_id'],
    columns=['campaign_id', 'item_name', 'amount', 'currency', 'spent_on'],
    required=['campaign_id', 'amount', 'spent_on'],
    is_deletable=true
) }}
