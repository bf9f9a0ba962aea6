{{ config(materialized='scoped') }}
{%- set order = 'partition by visitor_id order by occurred_at, event_id' %}
-- One row per event of web activity that a visitor did: the session it is in (R40), and the
-- session's channel and source, those of its first page view (R110). A session is named after its
-- first event.
-- In an increment, those of affected visitors.
{{ needs(['affected_events', 'affected_visitors']) }}
with web_events as (
    select
        event_id, visitor_id, occurred_at, event_type, utm_source, utm_medium, utm_campaign,
        page_channel, page_source
    from {{ ref('arrived_events') }}
    where is_web_activity and visitor_id is not null and not is_filtered
    {%- if is_increment() %}
    union all
    -- What the same visitors did besides.
    select
        interactions.event_id,
        interactions.visitor_id,
        interactions.occurred_at,
        interactions.event_type,
        interactions.utm_source,
        interactions.utm_medium,
        interactions.utm_campaign,
        interactions.page_channel,
        interactions.page_source
    from {{ built('interactions') }} as interactions
    left join {{ ref('affected_events') }} as affected on interactions.event_id = affected.event_id
    where
        interactions.is_web_activity
        and not interactions.is_filtered
        and affected.event_id is null
        and interactions.visitor_id in (
            select visitors.visitor_id from {{ ref('affected_visitors') }} as visitors
        )
    {%- endif %}
),

activity as (
    select
        event_id,
        visitor_id,
        occurred_at,
        case
            when
                event_type = 'page_view'
                and (utm_source is not null or utm_medium is not null or utm_campaign is not null)
                then
                    -- With their lengths, so that different triples never read alike.
                    coalesce(length(utm_source), 0) || ' ' || coalesce(length(utm_medium), 0) || ' '
                    || coalesce(utm_source, '') || coalesce(utm_medium, '')
                    || coalesce(utm_campaign, '')
        end as utm_triple,
        -- In one text, because the first page view's source counts even where it has none; a
        -- channel has no space.
        page_channel || ' ' || coalesce(page_source, '') as arrival
    from web_events
),

neighbours as (
    select
        event_id,
        visitor_id,
        occurred_at,
        utm_triple,
        arrival,
        lag(occurred_at) over ({{ order }}) as previous_at,
        {{ last_known(
            'utm_triple', order ~ ' rows between unbounded preceding and 1 preceding'
        ) }} as previous_triple,
        max(case when utm_triple is not null then occurred_at end) over (
            {{ order }} rows between unbounded preceding and 1 preceding
        ) as previous_triple_at
    from activity
),

gaps as (
    select
        *,
        coalesce(
            {{ microseconds('occurred_at') }}
            - {{ microseconds('previous_at') }}
            > {{ minutes_in_microseconds(var('session_gap_minutes')) }},
            true
        ) as is_after_gap
    from neighbours
),

stretches as (
    -- A stretch is what no gap interrupts.
    select
        *,
        max(case when is_after_gap then occurred_at end) over (
            {{ order }} rows between unbounded preceding and current row
        ) as stretch_started_at
    from gaps
),

starts as (
    -- The triple in force is that of the last tagged page view of the stretch, since any other
    -- starts a session.
    select
        event_id,
        visitor_id,
        occurred_at,
        arrival,
        is_after_gap
        or (
            utm_triple is not null
            and not coalesce(
                utm_triple = previous_triple and previous_triple_at >= stretch_started_at, false
            )
        ) as is_start
    from stretches
),

sessions as (
    select
        event_id,
        occurred_at,
        arrival,
        {{ last_known(
            'case when is_start then event_id end',
            order ~ ' rows between unbounded preceding and current row'
        ) }} as session_id
    from starts
),

arrivals as (
    select
        event_id,
        session_id,
        {{ first_known(
            'arrival', 'partition by session_id order by occurred_at, event_id'
        ) }} as arrival
    from sessions
)

select
    event_id,
    session_id,
    coalesce(split_part(arrival, ' ', 1), 'direct_traffic') as channel,
    nullif(substring(arrival, instr(arrival, ' ') + 1), '') as source
from arrivals
