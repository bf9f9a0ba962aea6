-- One row per spend item: the newest landed version.
{{ newest_version(source('raw', 'spend_items'), 'spend_items') }}
