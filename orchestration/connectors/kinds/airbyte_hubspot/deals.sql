-- One row per deal and version.
select * from deal_rows('deal_versions', 'stages')
union all by name
select
    with_portal(record_id) as deal_id,
    'true' as _deleted,
    iso(started_at) as _loaded_at,
    _pull
from absent('known_deals', 'deals')
where record_id not in (select loser_id from deal_claims where loser_id is not null)
