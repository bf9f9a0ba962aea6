with hidden as (
    select unnest(reasons) as reason, asset_type, asset_id, campaign_id
    from diagnostics.asset_visibility where not is_visible
)

select
    reason, count(*) as pairs, min(struct_pack(
        t := asset_type,
        i := asset_id
    )) as example
from hidden group by 1 order by pairs desc, reason
