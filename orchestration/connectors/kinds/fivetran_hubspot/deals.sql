-- One row per deal and version.
select * from deal_rows('deals_told', 'stages')
union all by name
select
    with_portal(record_id) as deal_id,
    'true' as _deleted,
    iso(started_at) as _loaded_at,
    _pull
from absent('deal_versions', 'deal') as gone
-- What was merged away is not deleted by being absent.
where not exists (
    select 1 from deal_claims as claims
    where claims.loser_id = gone.record_id and claims._pull <= gone._pull
)
