{{ config(materialized='view') }}
-- One row per asset and span of time [valid_from, valid_to) over which it is in other campaigns now
-- than the last build knew (R20-R23): the move, to the instant, and nothing before or after it.
-- Empty in a full build.
{%- set columns = ['campaign_id', 'asset_type', 'asset_id', 'valid_from', 'valid_to'] %}
with changed_assets as (
    select distinct asset_type, asset_id
    from (
        {{ changed_rows('asset_associations', columns) | indent(8) }}
    ) as changed
),

intervals as (
    select {{ columns | join(', ') }}, true as is_now
    from {{ ref('asset_associations') }}
    {%- if is_increment() and is_kept_before('asset_associations') %}
    union all
    select {{ columns | join(', ') }}, false as is_now
    from {{ built('asset_associations', before=true) }}
    {%- endif %}
),

held as (
    select intervals.*
    from intervals
    inner join changed_assets
        on intervals.asset_type = changed_assets.asset_type
        and intervals.asset_id = changed_assets.asset_id
),

instants as (
    select asset_type, asset_id, valid_from as instant
    from held
    union
    select asset_type, asset_id, valid_to as instant
    from held
    where valid_to is not null
),

spans as (
    select
        asset_type,
        asset_id,
        instant as valid_from,
        lead(instant) over (partition by asset_type, asset_id order by instant) as valid_to
    from instants
),

held_over_spans as (
    -- In a campaign both before and now: not changed.
    select
        spans.asset_type,
        spans.asset_id,
        spans.valid_from,
        spans.valid_to,
        held.campaign_id,
        count(case when held.is_now then 1 end) as times_now,
        count(case when not held.is_now then 1 end) as times_before
    from spans
    inner join held
        on spans.asset_type = held.asset_type
        and spans.asset_id = held.asset_id
        and spans.valid_from >= held.valid_from
        and (held.valid_to is null or spans.valid_from < held.valid_to)
    group by spans.asset_type, spans.asset_id, spans.valid_from, spans.valid_to, held.campaign_id
)

select distinct asset_type, asset_id, valid_from, valid_to
from held_over_spans
where times_now <> times_before
