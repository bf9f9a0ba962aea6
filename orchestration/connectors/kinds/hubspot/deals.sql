-- Deals as each pull said them, and deals that a full listing lacks. An open deal's close date is a
-- forecast: it does not land.
with listed as (
    select _pull, started_at from ledger
    where table_name = 'deals' and asset_type = 'listing' and is_complete
),

known as (select id, min(_pull) as first_pull from deal_versions group by id),

absent as (
    select known.id, listed._pull, listed.started_at
    from known
    inner join listed on known.first_pull < listed._pull
    anti join deal_versions as seen on known.id = seen.id and listed._pull = seen._pull
    anti join (
        select loser_id, min(_pull) as _pull from deal_merges_told group by loser_id
    ) as merged
        on known.id = merged.loser_id and listed._pull >= merged._pull
)

select
    with_portal(versions.id) as deal_id, deal_name, pipeline, stage,
    is_closed_won::varchar as is_closed_won, amount,
    coalesce(versions.currency, account_currency.currency) as currency,
    iso(created_at) as created_at,
    case when is_closed then iso(close_date) end as closed_at,
    case when is_archived then 'true' end as _deleted, iso(_pulled_at) as _loaded_at, versions._pull
from deal_versions as versions
left join account_currency on versions._pull = account_currency._pull
union all
select
    with_portal(id), null, null, null, null, null, null, null, null, 'true', iso(started_at), _pull
from absent
