{{ config(materialized='view', meta={'replaces': {'key': 'event_id', 'changed': ['interaction_changes']}}) }}
-- One row per accepted event, filtered ones flagged (R13, R14).
select
    event_id,
    event_type,
    occurred_at,
    visitor_id,
    contact_id,
    session_id,
    asset_type,
    asset_id,
    url,
    utm_source,
    utm_medium,
    utm_campaign,
    is_filtered,
    channel
from {{ ref('interactions') }}
