-- One row per event of web activity that a visitor did: the session it is in (R40). A session is named after its first event.
with activity as (
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
                    || coalesce(utm_source, '') || coalesce(utm_medium, '') || coalesce(utm_campaign, '')
        end as utm_triple
    from {{ ref('resolved_events') }}
    where is_web_activity and visitor_id is not null and not is_filtered
),

gaps as (
    select
        *,
        case
            when
                {{ microseconds('occurred_at') }}
                - lag({{ microseconds('occurred_at') }}) over (partition by visitor_id order by occurred_at, event_id)
                <= {{ minutes_in_microseconds(var('session_gap_minutes')) }}
                then 0
            else 1
        end as starts_after_gap
    from activity
),

stretches as (
    select
        *,
        sum(starts_after_gap) over (
            partition by visitor_id order by occurred_at, event_id rows between unbounded preceding and current row
        ) as stretch
    from gaps
),

triples as (
    -- The triple in force is the one of the last tagged page view of the stretch, since any other starts a session.
    select
        *,
        case
            when utm_triple is null then 0
            when
                utm_triple = lag(utm_triple) over (
                    partition by visitor_id, stretch, utm_triple is null order by occurred_at, event_id
                )
                then 0
            else 1
        end as starts_with_triple
    from stretches
),

numbered as (
    select
        *,
        sum(greatest(starts_after_gap, starts_with_triple)) over (
            partition by visitor_id order by occurred_at, event_id rows between unbounded preceding and current row
        ) as session_number
    from triples
)

select
    event_id,
    first_value(event_id) over (
        partition by visitor_id, session_number order by occurred_at, event_id
        rows between unbounded preceding and unbounded following
    ) as session_id
from numbered
