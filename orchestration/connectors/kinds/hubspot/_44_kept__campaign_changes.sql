-- Changes of an asset's campaign as its revisions tell them: exact, one row per change, with the
-- first pull that told it.
with told as (
    select
        rows.parent_id as child_id, rows.kind as own_table, rows._pull,
        known_instant(json_extract_string(rows.payload, '$.updatedAt')) as told_at,
        filled(
            coalesce(
                json_extract_string(rows.payload, '$.object.campaign'),
                json_extract_string(rows.payload, '$.object.campaignGuid')
            )
        ) as campaign_id,
        rows._load, rows._row
    from fresh_revisions as rows
    -- Revisions that were not read whole leave steps out.
    inner join pulls
        on
            pulls.table_name = 'revisions'
            and rows.parent_id = pulls.parent_id
            and rows.kind = pulls.asset_type
            and rows._pull = pulls._pull and pulls.is_complete
),

steps as (
    select distinct child_id, own_table, _pull, told_at, campaign_id
    from told
    where told_at is not null
    -- Of revisions of one instant, the one that HubSpot gives first is the newest.
    qualify row_number() over (
        partition by child_id, own_table, _pull, told_at order by _load desc, _row
    ) = 1
),

walked as (
    select
        *,
        lag(campaign_id) over (partition by child_id, own_table, _pull order by told_at) as before
    from steps
),

changes as (
    select child_id, own_table, _pull, told_at, campaign_id, 'associated' as action
    from walked
    where campaign_id is not null and campaign_id is distinct from before
    union all
    select child_id, own_table, _pull, told_at, before, 'removed'
    from walked
    where before is not null and campaign_id is distinct from before
)

select
    concat_ws(
        ' ', changes.campaign_id, names.kind, changes.child_id, changes.action, changes.told_at
    ) as _key,
    '' as _said, changes.campaign_id as parent_id, names.kind, names.asset_type, changes.child_id,
    changes.action, changes.told_at, min(changes._pull) as _pull
from changes
inner join type_names as names on changes.own_table = names.own_table
group by all
