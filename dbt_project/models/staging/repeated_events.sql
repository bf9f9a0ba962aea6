{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={'replaces': {'key': 'event_id', 'changed': ['affected_events']}}
) }}
-- One row per accepted event id that landed more than once (R14). Almost every event lands once, so
-- that only these have to be sorted.
with listed as (
    {{ listed_rows('events') }}
    {{ in_scope('events.event_id', 'affected_events') }}
)

select event_id, count(*) as landings
from listed
group by event_id
having count(*) > 1
