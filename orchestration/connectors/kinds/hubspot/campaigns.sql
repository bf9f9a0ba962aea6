-- Campaigns as each pull said them; one that a whole list lacks is deleted.
with listed as (
    select _pull, started_at from ledger
    where table_name = 'campaigns' and is_complete
),

known as (select id, min(_pull) as first_pull from campaign_versions group by id),

absent as (
    select known.id, listed._pull, listed.started_at
    from known
    inner join listed on known.first_pull < listed._pull
    anti join campaign_versions as seen on known.id = seen.id and listed._pull = seen._pull
)

select
    with_portal(id) as campaign_id, coalesce(campaign_name, id) as campaign_name,
    iso(created_at) as created_at,
    start_date, end_date, status, owner, currency, null as _deleted, iso(_pulled_at) as _loaded_at,
    _pull
from campaign_versions
union all
select with_portal(id), null, null, null, null, null, null, null, 'true', iso(started_at), _pull
from absent
