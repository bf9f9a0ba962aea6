-- One row per reported number: the newest landed version.
{{ newest_version(
    source('raw', 'reported_metrics'),
    key=['source', 'campaign_id', 'metric', 'model', 'period_start', 'period_end'],
    columns=['value', 'reported_at']
) }}
