{{ config(
    materialized='view',
    meta={'replaces': {'key': 'visitor_id', 'changed': ['interaction_changes']}}
) }}
-- One row per session (R40, R110).
select
    session_id,
    visitor_id,
    contact_id,
    started_at,
    ended_at,
    page_views,
    utm_source,
    utm_medium,
    utm_campaign,
    channel,
    source
from {{ ref('sessions') }}
