-- Who was in which campaign: exact where revisions tell, first seen where only the lists of pulls
-- do, or where these disagree with the revisions. What a look says holds until a later change or
-- look.
with members as (
    select distinct parent_id, kind, child_id from campaign_assets_seen
    union
    select distinct parent_id, kind, child_id from campaign_changes
),

grid as (
    select
        looks.*, members.child_id, seen.child_id is not null as is_there,
        coalesce(seen_before.child_id is not null, false) as was_there
    from asset_looks as looks
    inner join members on looks.parent_id = members.parent_id and looks.kind = members.kind
    left join campaign_assets_seen as seen
        on
            looks.parent_id = seen.parent_id
            and looks.kind = seen.kind
            and members.child_id = seen.child_id
            and looks._pull = seen._pull
    left join campaign_assets_seen as seen_before
        on
            looks.parent_id = seen_before.parent_id and looks.kind = seen_before.kind
            and members.child_id = seen_before.child_id and looks.pull_before = seen_before._pull
),

-- What revisions told of the time since the look before.
told as (
    select
        grid.parent_id, grid.kind, grid.child_id, grid._pull,
        arg_max(changes.action, (changes.told_at, changes.action)) as action
    from grid
    inner join campaign_changes as changes
        on
            grid.parent_id = changes.parent_id
            and grid.kind = changes.kind
            and grid.child_id = changes.child_id
            and changes._pull <= grid._pull and changes.told_at <= grid.started_at
            and (grid.looked_before is null or changes.told_at > grid.looked_before)
    group by all
),

judged as (
    select
        grid.*, coalesce(told.action = 'associated', grid.was_there) as was_so,
        -- Whether there are revisions that the look can disagree with.
        exists (
            select 1 from pulls
            inner join type_names as names on pulls.asset_type = names.own_table
            where
                pulls.table_name = 'revisions'
                and pulls.is_complete
                and pulls.rows > 0
                and pulls.parent_id = grid.child_id
                and names.kind = grid.kind and pulls._pull <= grid._pull
        ) as is_revised
    from grid
    left join told
        on
            grid.parent_id = told.parent_id
            and grid.kind = told.kind
            and grid.child_id = told.child_id
            and grid._pull = told._pull
),

with_creation as (
    select judged.*, campaign_versions.created_at as parent_created_at
    from judged
    asof left join campaign_versions
        on judged.parent_id = campaign_versions.id and judged._pull >= campaign_versions._pull
    where judged.is_there != judged.was_so
),

with_both as (
    select with_creation.*, asset_versions.created_at as child_created_at
    from with_creation
    asof left join asset_versions
        on
            with_creation.asset_type = asset_versions.asset_type
            and with_creation.child_id = asset_versions.id
            and with_creation._pull >= asset_versions._pull
),

seen as (
    select
        *,
        is_there and pull_before is null and not is_revised
        and getvariable('first_associations') = 'created'
        and coalesce(parent_created_at, child_created_at) is not null as is_assumed
    from with_both
)

select
    parent_id, asset_type, child_id,
    case when is_there then 'associated' else 'removed' end as action,
    case
        when is_assumed then greatest(parent_created_at, child_created_at)
        else started_at
    end as occurred_at,
    case when is_assumed then 'assumed' else 'first_seen' end as time_basis, started_at
from seen
union all
select
    changes.parent_id, changes.asset_type, changes.child_id, changes.action, changes.told_at,
    'exact', numbers._pulled_at
from campaign_changes as changes
inner join _pulls as numbers on changes._pull = numbers._pull
where changes._pull > getvariable('done')
