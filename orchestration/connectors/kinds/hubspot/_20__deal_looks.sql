-- Every complete look at a deal's contacts after the pull `done`, and the last one before.
with looks as (
    select parent_id, _pull, started_at
    from pulls
    where table_name = 'deal_contacts' and is_complete
),

base as (
    select parent_id, max(_pull) as _pull, max(started_at) as started_at
    from looks
    where _pull <= getvariable('done')
    group by parent_id
)

select parent_id, null::varchar as kind, _pull, started_at from base
union all
select parent_id, null::varchar, _pull, started_at from looks
where _pull > getvariable('done')
