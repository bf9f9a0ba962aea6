-- One row per campaign: the newest landed version.
{{ newest_version(
    source('raw', 'campaigns'),
    key=['campaign_id'],
    columns=[
        'campaign_name', 'created_at', 'start_date', 'end_date', 'status', 'owner', 'currency'
    ],
    required=['campaign_name', 'created_at'],
    is_deletable=true
) }}
