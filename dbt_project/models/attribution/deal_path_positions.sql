{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={'replaces': {'key': 'deal_id', 'changed': ['affected_deals']}}
) }}
-- One row per event of a deal's path: the positions it holds (R71, R112).
{{ needs('affected_deals') }}
with oldest_contacts as (
    select deal_id, contact_id, contact_created_at
    from (
        select
            *,
            row_number() over (partition by deal_id order by contact_created_at, contact_id) as age_rank
        from {{ ref('deal_path_contacts') }}
    ) as ranked
    where age_rank = 1
),

places as (
    select
        paths.*,
        max(paths.place) over (partition by paths.deal_id) as last_place,
        max(
            case
                when
                    paths.contact_id = oldest.contact_id
                    and paths.occurred_at <= oldest.contact_created_at
                    then paths.place
            end
        ) over (partition by paths.deal_id) as lead_creation_place,
        max(case when paths.occurred_at <= paths.deal_created_at then paths.place end) over (
            partition by paths.deal_id
        ) as deal_creation_place,
        max(case when paths.channel not in ('direct_traffic', 'offline') then paths.place end) over (
            partition by paths.deal_id
        ) as last_non_direct_place,
        max(paths.occurred_at) over (partition by paths.deal_id) as last_occurred_at
    from {{ ref('deal_paths') }} as paths
    left join oldest_contacts as oldest on paths.deal_id = oldest.deal_id
)

select
    deal_id,
    event_id,
    event_type,
    occurred_at,
    contact_id,
    channel,
    closed_at,
    deal_cents,
    place,
    place = 1 as is_first,
    coalesce(place = lead_creation_place, false) as is_lead_creation,
    coalesce(place = deal_creation_place, false) as is_deal_creation,
    place = last_place as is_last,
    place = coalesce(last_non_direct_place, last_place) as is_last_non_direct,
    {{ seconds_between('occurred_at', 'last_occurred_at') }} / 86400.0 as age_days
from places
