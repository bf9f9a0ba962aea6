{{ config(materialized='scoped') }}
-- One row per event that this build computes: what its URL says (R31), where a page view came
-- from (R110), and whether it is web activity (R33).
with events as (
    select
        *,
        case
            when url like '%utm_%' or {{ may_have_paid_click('url') }} then {{ url_query('url') }}
        end as query
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
    case
        when events.event_type = 'page_view' and {{ may_have_paid_click('events.url') }}
            then {{ paid_click_channel('events.query') | indent(12) }}
    end as click_channel,
    case
        when events.event_type = 'page_view' and events.referrer is not null
            then {{ url_host('events.referrer') }}
    end as referrer_host,
    case
        when events.event_type = 'page_view' and events.referrer is not null
            then coalesce({{ url_host('events.url') }}, '')
    end as url_host,
    events.is_filtered,
    types.is_web_activity
from events
inner join {{ ref('interaction_types') }} as types on events.event_type = types.event_type
