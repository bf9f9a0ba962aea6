-- The assets that campaigns had in each pull; one id of type and id, for pairs.
select
    filled(rows.campaign_id) as parent_id,
    names.asset_type || ' '
    || if(names.asset_type = 'form', guid(rows.id), filled(rows.id)) as child_id,
    names.asset_type,
    if(names.asset_type = 'form', guid(rows.id), filled(rows.id)) as asset_id,
    filled(rows.name) as asset_name,
    loaded(rows._fivetran_synced, rows._pulled_at) as loaded_at,
    rows._pull
from marketing_campaign_asset as rows
inner join asset_type_names() as names
    on upper(rows.asset_type) = names.kind or lower(rows.asset_type) = names.asset_type
asof left join lists on rows.id = lists.list_id and rows._pull >= lists._pull
where
    filled(rows.id) is not null
    and not coalesce(truth(rows._fivetran_deleted), false)
    and not has_ended(rows._fivetran_active)
    and (
        names.asset_type != 'static_list'
        or coalesce(lists.is_static and lists.has_contacts, true)
    )
-- cta has two names.
qualify row_number() over (
    partition by rows.campaign_id, names.asset_type, rows.id, rows._pull
    order by loaded(rows._fivetran_synced, rows._pulled_at) desc, names.kind
) = 1
