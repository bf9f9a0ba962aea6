-- One row per landed attempt to associate an asset with a campaign or to remove it.
-- `exclusive_scope` names the place that holds one campaign at a time: the asset itself, or, for a
-- shared type, the asset in that campaign (R20).
select
    log.log_id,
    log.campaign_id,
    log.asset_type,
    log.asset_id,
    log.action,
    log.occurred_at,
    log.loaded_at,
    coalesce(log.time_basis, 'exact') as time_basis,
    types.is_shared,
    types.is_social_post,
    case when types.is_shared then log.campaign_id else '' end as exclusive_scope
from {{ ref('stg_campaign_asset_log') }} as log
inner join {{ ref('asset_types') }} as types on log.asset_type = types.asset_type
