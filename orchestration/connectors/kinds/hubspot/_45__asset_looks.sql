-- Every complete look at the assets of one type of a campaign after the pull `done`, with the one
-- before.
with looks as (
    select
        pulls.parent_id, pulls.asset_type as kind, names.asset_type, pulls._pull, pulls.started_at,
        lag(pulls._pull) over look as pull_before,
        lag(pulls.started_at) over look as looked_before
    from pulls
    inner join type_names as names on pulls.asset_type = names.kind
    where pulls.table_name = 'campaign_assets' and pulls.is_complete
    window look as (partition by pulls.parent_id, pulls.asset_type order by pulls._pull)
)

select * from looks
where _pull > getvariable('done')
