-- One row per budget item: the newest landed version.
{{ newest_version(source('raw', 'budget_items'), 'budget_items') }}
