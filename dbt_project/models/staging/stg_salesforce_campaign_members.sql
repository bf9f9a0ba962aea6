-- One row per membership: the newest landed version.
{{ newest_version(
    source('raw', 'salesforce_campaign_members'),
    key=['salesforce_campaign_id', 'member_id'],
    columns=['contact_id', 'added_via', 'added_at', 'salesforce_id'],
    is_deletable=true
) }}
