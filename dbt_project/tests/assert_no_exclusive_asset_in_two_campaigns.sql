-- R20: the intervals of an asset of an exclusive type never overlap.
with ordered as (
    select
        associations.*,
        lag(coalesce(associations.valid_to, timestamp '9999-12-31 23:59:59.999999')) over (
            partition by associations.asset_type, associations.asset_id
            order by associations.valid_from
        ) as previous_to
    from {{ ref('fct_asset_associations') }} as associations
    inner join {{ ref('asset_types') }} as types on associations.asset_type = types.asset_type
    where not types.is_shared
)

select *
from ordered
where previous_to > valid_from
