-- What says that a deal was merged into another.
select
    filled(merged_deal_id) as loser_id,
    filled(deal_id) as winner_id,
    null::timestamp as merged_at,
    1 as place,
    _pull,
    _pulled_at,
    loaded(_fivetran_synced, _pulled_at) as loaded_at
from merged_deal
union all
select item, filled(deal_id), null, 2, _pull, _pulled_at, loaded(_fivetran_synced, _pulled_at)
from (select *, unnest(parts(property_hs_merged_object_ids)) as item from deal)
