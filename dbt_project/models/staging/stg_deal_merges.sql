-- One row per merged-away deal: the newest landed version.
{{ newest_version(source('raw', 'deal_merges'), 'deal_merges') }}
