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
union all
select
    filled(children.value),
    parents.deal_id,
    null,
    1,
    greatest(children._pull, parents._pull),
    greatest(children._pulled_at, parents._pulled_at),
    parents.loaded_at
from deals__hs_merged_object_ids as children
inner join deal_versions as parents on children._dlt_parent_id = parents.row_id
