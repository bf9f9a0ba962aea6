select
    visibility.campaign_id, campaigns.campaign_name, visibility.is_visible,
    visibility.reasons
from diagnostics.asset_visibility as visibility
left join core.dim_campaigns as campaigns on visibility.campaign_id = campaigns.campaign_id
where visibility.asset_type = ? and visibility.asset_id = ? order by visibility.campaign_id
