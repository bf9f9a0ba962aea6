-- One row per merged-away contact: the newest landed version.
{{ newest_version(source('raw', 'contact_merges'), 'contact_merges') }}
