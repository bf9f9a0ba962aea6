-- One row per asset now in a campaign that is not deleted (R84). `is_second_home`: the asset was in
-- another campaign before (R81).
with now_in as (
    select associations.*
    from {{ ref('asset_associations') }} as associations
    inner join {{ ref('campaigns') }} as campaigns
        on associations.campaign_id = campaigns.campaign_id
    where
        not campaigns.is_deleted
        and associations.valid_from <= {{ as_of() }}
        and (associations.valid_to is null or associations.valid_to > {{ as_of() }})
),

moved_here as (
    select distinct now_in.campaign_id, now_in.asset_type, now_in.asset_id
    from now_in
    inner join {{ ref('asset_associations') }} as earlier
        on now_in.asset_type = earlier.asset_type
        and now_in.asset_id = earlier.asset_id
        and now_in.campaign_id <> earlier.campaign_id
        and now_in.valid_from > earlier.valid_from
)

select
    now_in.campaign_id,
    now_in.asset_type,
    now_in.asset_id,
    now_in.valid_from,
    moved_here.campaign_id is not null as is_second_home
from now_in
left join moved_here
    on now_in.campaign_id = moved_here.campaign_id
    and now_in.asset_type = moved_here.asset_type
    and now_in.asset_id = moved_here.asset_id
