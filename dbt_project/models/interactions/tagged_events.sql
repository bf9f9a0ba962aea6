{{ config(materialized='scoped') }}
-- One row per event that this build computes: what its URL says (R31), and whether it is web activity (R33).
with events as (
    select
        *,
        case when url like '%utm_%' then {{ url_query('url') }} end as query
    from {{ ref('stg_events') }}
)

select
    events.event_id,
    events.event_type,
    events.occurred_at,
    events.visitor_id,
    events.contact_id,
    events.email,
    events.asset_type,
    events.asset_id,
    events.url,
    {{ query_utm('events.query', 'utm_source') }} as utm_source,
    {{ query_utm('events.query', 'utm_medium') }} as utm_medium,
    {{ query_utm('events.query', 'utm_campaign') }} as utm_campaign,
    events.is_filtered,
    types.is_web_activity
from events
inner join {{ ref('interaction_types') }} as types on events.event_type = types.event_type
