-- One row per identification: the newest landed version.
{{ newest_version(
    source('raw', 'visitor_identities'),
    key=['visitor_id', 'contact_id', 'identified_at'],
    columns=[]
) }}
