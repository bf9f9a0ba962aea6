-- One row per campaign, asset and pull, of the types that land, dynamic lists and lists of other
-- records left out.
with seen as (
    select
        rows.parent_id, rows.kind, names.asset_type,
        case when rows.kind = 'FORM' then guid(rows.id) else filled(rows.id) end as child_id,
        filled(json_extract_string(rows.payload, '$.name')) as asset_name, rows._pull,
        rows._pulled_at
    from fresh_campaign_assets as rows
    inner join type_names as names on rows.kind = names.kind
    where filled(rows.id) is not null
    qualify row_number() over (
        partition by rows.parent_id, rows.kind, rows.id, rows._pull
        order by rows._load desc, rows._row desc
    ) = 1
)

select seen.*
from seen
asof left join list_versions
    on seen.child_id = list_versions.id and seen._pull >= list_versions._pull
where seen.kind != 'OBJECT_LIST' or coalesce(list_versions.is_static, true)
