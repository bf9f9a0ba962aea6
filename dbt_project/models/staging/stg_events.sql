{{ config(materialized='view') }}
-- One row per event id that this build computes, the newest landed version (R14): every accepted
-- event in a full build, those of affected_events in an increment. Events whose type is on no list
-- are rejected records.
{%- set listed %}
    from (
        {{ listed_rows('events') | indent(8) }} {{ in_scope('events.event_id', 'affected_events') }}
    ) as listed
{%- endset %}
with landed_once as (
    select listed.*
    {{ listed }}
    left join {{ ref('repeated_events') }} as repeated on listed.event_id = repeated.event_id
    where repeated.event_id is null and {{ in_slice('listed.visitor_id') }}
),

versions as (
    select listed.*
    {{ listed }}
    inner join {{ ref('repeated_events') }} as repeated on listed.event_id = repeated.event_id
),

newest as (
    {{ newest_version('versions', 'events') | indent(4) }}
)

select
    event_id,
    event_type,
    occurred_at,
    visitor_id,
    contact_id,
    email,
    asset_type,
    asset_id,
    url,
    referrer,
    is_filtered
from newest
where {{ in_slice('visitor_id') }}
union all
select
    event_id,
    event_type,
    occurred_at,
    visitor_id,
    contact_id,
    email,
    asset_type,
    asset_id,
    url,
    referrer,
    is_filtered
from landed_once
