{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={
        'published_as': 'core.fct_sessions',
        'order': ['started_at'],
        'replaces': {'key': 'visitor_id', 'changed': ['interaction_changes']}
    }
) }}
-- One row per session of one visitor (R40, R110). Its tags are those of its first event, its
-- contact that of its latest event that has one.
with events as (
    select
        session_id,
        event_id,
        visitor_id,
        contact_id,
        occurred_at,
        event_type,
        utm_source,
        utm_medium,
        utm_campaign,
        channel,
        source,
        row_number() over (
            partition by session_id, contact_id is null order by occurred_at desc, event_id desc
        ) as latest_with_contact
    from {{ ref('interactions') }}
    where session_id is not null {{ in_scope('visitor_id', 'interaction_changes') }}
),

grouped as (
    select
        session_id,
        min(visitor_id) as visitor_id,
        max(
            case when contact_id is not null and latest_with_contact = 1 then contact_id end
        ) as contact_id,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        count(case when event_type = 'page_view' then 1 end) as page_views,
        max(
            case when event_id = session_id and event_type = 'page_view' then utm_source end
        ) as utm_source,
        max(
            case when event_id = session_id and event_type = 'page_view' then utm_medium end
        ) as utm_medium,
        max(
            case when event_id = session_id and event_type = 'page_view' then utm_campaign end
        ) as utm_campaign,
        max(channel) as channel,
        max(source) as source
    from events
    group by session_id
)

select
    grouped.session_id,
    grouped.visitor_id,
    grouped.contact_id,
    grouped.started_at,
    grouped.ended_at,
    grouped.page_views,
    grouped.utm_source,
    grouped.utm_medium,
    grouped.utm_campaign,
    grouped.channel,
    coalesce(names.name, grouped.source) as source
from grouped
left join {{ ref('session_sources') }} as names on grouped.source = names.source
