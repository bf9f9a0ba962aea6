-- One row per contact: the newest landed version.
{{ newest_version(
    source('raw', 'contacts'),
    key=['contact_id'],
    columns=[
        'email', 'additional_emails', 'created_at', 'lifecycle_stage', 'salesforce_campaign_ids',
        'salesforce_ids'
    ],
    required=['created_at'],
    is_deletable=true
) }}
