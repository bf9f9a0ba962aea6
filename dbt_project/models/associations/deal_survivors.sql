{{ config(meta={'kept_before': true}) }}
-- One row per merged-away deal id: the deal that survives it (R66), which has a record. Where no
-- deal of a chain has one, nothing is merged: no row.
select deal_id, survivor_deal_id, is_in_cycle
from {{ ref('deal_record_survivors') }}
union all
select
    ahead.deal_id,
    coalesce(survivors.survivor_deal_id, records.deal_id) as survivor_deal_id,
    coalesce(survivors.is_in_cycle, false) as is_in_cycle
from {{ ref('deals_ahead') }} as ahead
inner join {{ ref('stg_deals') }} as records on ahead.survivor_deal_id = records.deal_id
left join {{ ref('deal_record_survivors') }} as survivors on records.deal_id = survivors.deal_id
