-- One row per identification by an address: the newest landed version.
{{ newest_version(source('raw', 'visitor_emails'), 'visitor_emails') }}
