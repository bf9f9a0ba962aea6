{{ config(
    materialized='view',
    meta={'replaces': {'key': 'event_id', 'changed': ['interaction_changes']}}
) }}
-- One row per accepted event, filtered ones flagged (R13, R14), with what it can do in whatever
-- campaign it counts for (R33-R35).
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
    channel,
    influences,
    earns_revenue
from {{ ref('interactions') }}
