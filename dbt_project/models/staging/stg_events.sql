{{ config(materialized='view') }}
-- One row per event id: the newest landed version (R14). Events whose type is on no list are rejected records.
-- Almost every event id lands once, so only those that land more often are sorted.
{%- set columns = [
    'event_type', 'occurred_at', 'visitor_id', 'contact_id', 'email', 'asset_type', 'asset_id', 'url', 'referrer', 'is_filtered',
] %}
with listed as (
    {{ listed_events() }}
),

landed_again as (
    select event_id
    from listed
    group by event_id
    having count(*) > 1
),

landed_once as (
    select listed.*
    from listed
    left join landed_again on listed.event_id = landed_again.event_id
    where landed_again.event_id is null
),

versions as (
    select listed.*
    from listed
    inner join landed_again on listed.event_id = landed_again.event_id
),

newest as (
    {{ newest_version('versions', key=['event_id'], columns=columns) | indent(4) }}
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
