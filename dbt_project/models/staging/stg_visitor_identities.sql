-- One row per identification: the newest landed version.
{{ newest_version(source('raw', 'visitor_identities'), 'visitor_identities') }}
