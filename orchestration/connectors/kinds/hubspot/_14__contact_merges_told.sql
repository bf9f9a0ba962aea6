-- What each pull said of contacts that were merged into another: with times where HubSpot keeps
-- them (place 1), without (place 2).
with timed as (
    select id as winner_id, unnest(parts(merged_vids)) as entry, _pull, _pulled_at
    from contact_versions
),

untimed as (
    select id as winner_id, unnest(parts(merged_object_ids)) as loser_id, _pull, _pulled_at
    from contact_versions
)

select
    filled(split_part(entry, ':', 1)) as loser_id, winner_id,
    known_instant(split_part(entry, ':', 2)) as merged_at,
    1 as place, _pull, _pulled_at
from timed
union all
select loser_id, winner_id, null as merged_at, 2 as place, _pull, _pulled_at
from untimed
