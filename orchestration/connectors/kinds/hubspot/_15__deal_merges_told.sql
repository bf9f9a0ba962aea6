-- What each pull said of deals that were merged into another. HubSpot keeps no time of it.
select
    unnest(parts(merged_object_ids)) as loser_id, id as winner_id, null::timestamp as merged_at,
    1 as place, _pull, _pulled_at
from deal_versions
