-- Assets by their own endpoints; those that have none, or that theirs did not give, as the
-- campaigns name them.
with listed as (
    -- Whole lists of all live assets of a type.
    select names.asset_type, ledger._pull, ledger.started_at
    from ledger
    inner join type_names as names on ledger.table_name = names.own_table
    where
        ledger.is_complete
        and ledger.parent_id is null
        and coalesce(ledger.asset_type, 'live') = 'live'
),

known as (select asset_type, id, min(_pull) as first_pull from asset_versions group by all),

absent as (
    select known.asset_type, known.id, listed._pull, listed.started_at
    from known
    inner join listed on known.asset_type = listed.asset_type and known.first_pull < listed._pull
    anti join asset_versions as seen
        on known.asset_type = seen.asset_type and known.id = seen.id and listed._pull = seen._pull
    -- A list that only its own address describes is on no whole list.
    anti join (
        select id from list_versions group by id having bool_and(kind = 'described')
    ) as apart
        on known.asset_type = 'static_list' and known.id = apart.id
),

named as (
    select
        asset_type, child_id, _pull, _pulled_at, max(asset_name) as asset_name
    from campaign_assets_seen
    group by all
),

only_named as (
    select named.*
    from named
    asof left join asset_versions as own
        on named.asset_type = own.asset_type
        and named.child_id = own.id
        and named._pull >= own._pull
    -- In the middle of a pull theirs may still be to come.
    inner join _pulls as numbers on named._pull = numbers._pull and numbers.is_finished
    where own.id is null
)

select
    asset_type, with_portal(id) as asset_id, asset_name, url, null as network, null as has_form,
    iso(created_at) as created_at,
    iso(published_at) as published_at, case when is_archived then 'true' end as _deleted,
    iso(_pulled_at) as _loaded_at, _pull
from asset_versions
union all
select
    asset_type, with_portal(child_id), asset_name, null, null, null, null, null, null,
    iso(_pulled_at), _pull
from only_named
union all
select
    asset_type, with_portal(id), null, null, null, null, null, null, 'true', iso(started_at), _pull
from absent
