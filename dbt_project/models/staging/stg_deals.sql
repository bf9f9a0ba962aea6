-- One row per deal: the newest landed version.
{{ newest_version(source('raw', 'deals'), 'deals') }}
