-- What says that a deal was merged into another.
select
    item as loser_id,
    deal_id as winner_id,
    null::timestamp as merged_at,
    1 as place,
    _pull,
    _pulled_at,
    loaded_at
from (select *, unnest(parts(merged_ids)) as item from deal_versions)
