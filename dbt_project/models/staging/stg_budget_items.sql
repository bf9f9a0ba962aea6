-- One row per budget item: the newest landed version.
{{ newest_version(
    source('raw', 'budget_items'),
    key=['item_id'],
    columns=['campaign_id', 'item_name', 'amount', 'currency', 'budgeted_on'],
    required=['campaign_id', 'amount'],
    is_deletable=true
) }}
