select
    associations.campaign_id, campaigns.campaign_name, associations.valid_from,
    associations.valid_to, associations.ended_by, associations.time_basis
from core.fct_asset_associations as associations
left join core.dim_campaigns as campaigns
    on associations.campaign_id = campaigns.campaign_id
where associations.asset_type = ? and associations.asset_id = ?
order by associations.valid_from, associations.campaign_id
