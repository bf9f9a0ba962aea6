-- The stays of history mode as each pull knew them: versions that follow one another without a gap
-- are one.
with versions as (
    select
        filled(deal_id) as deal_id,
        filled(contact_id) as contact_id,
        filled(category) as category,
        filled(type_id) as type_id,
        known_instant(_fivetran_start) as started_at,
        case
            when not coalesce(truth(_fivetran_active), false) then known_instant(_fivetran_end)
        end as ended_at,
        loaded(_fivetran_synced, _pulled_at) as loaded_at,
        _pull
    from deal_contact
    where known_instant(_fivetran_start) is not null
),

looks as (select distinct deal_id, contact_id, _pull from versions),

spans as (
    select
        looks.deal_id, looks.contact_id, looks._pull, versions.started_at,
        coalesce(
            arg_max_null(versions.ended_at, (versions.loaded_at, versions._pull)),
            timestamp '2050-01-01'
        ) as ended_at,
        max(versions.loaded_at) as loaded_at
    from looks
    inner join versions
        on
            looks.deal_id = versions.deal_id
            and looks.contact_id = versions.contact_id
            and looks._pull >= versions._pull
    group by
        looks.deal_id, looks.contact_id, looks._pull, versions.started_at, versions.category,
        versions.type_id
),

islands as (
    select
        *,
        sum(is_new::int) over (
            partition by deal_id, contact_id, _pull order by started_at, ended_at
            rows between unbounded preceding and current row
        ) as island
    from (
        select
            *,
            coalesce(
                started_at > max(ended_at) over (
                    partition by deal_id, contact_id, _pull order by started_at, ended_at
                    rows between unbounded preceding and 1 preceding
                ) + interval 1 millisecond,
                true
            ) as is_new
        from spans
    )
)

select
    deal_id, contact_id, _pull,
    min(started_at) as started_at,
    nullif(max(ended_at), timestamp '2050-01-01') as ended_at,
    max(loaded_at) as loaded_at
from islands
group by deal_id, contact_id, _pull, island
