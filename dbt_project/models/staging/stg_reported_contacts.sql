-- One row per reported list and contact: the newest landed version.
{{ newest_version(
    source('raw', 'reported_contacts'),
    key=['source', 'campaign_id', 'metric', 'contact_id'],
    columns=['reported_at']
) }}
