-- One row per identification by an address: the newest landed version.
{{ newest_version(
    source('raw', 'visitor_emails'),
    key=['visitor_id', 'email', 'identified_at'],
    columns=[]
) }}
