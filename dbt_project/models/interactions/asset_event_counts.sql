{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={'replaces': {'key': none}}
) }}
-- One row per asset and event type: the unfiltered events on the asset, of all time (R81). An
-- increment adds what came and takes off what went.
with counts as (
    {%- if is_increment() %}
    select asset_type, asset_id, event_type, events
    from {{ this }}
    union all
    select asset_type, asset_id, event_type, case when is_new then 1 else -1 end as events
    from {{ ref('interaction_changes') }}
    where asset_type is not null and asset_id is not null and not is_filtered
    {%- else %}
        select asset_type, asset_id, event_type, count(*) as events
        from {{ ref('interactions') }}
        where asset_type is not null and asset_id is not null and not is_filtered
        group by asset_type, asset_id, event_type
    {%- endif %}
)

select asset_type, asset_id, event_type, cast(sum(events) as bigint) as events
from counts
group by asset_type, asset_id, event_type
having sum(events) <> 0
{{ needs(['interactions', 'interaction_changes']) }}
