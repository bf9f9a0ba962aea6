-- The campaign $key, deleted or not, with its numbers where it has any.
select
    campaigns.*,
    numbers.* exclude (campaign_id, campaign_name),
    numbers.campaign_id is not null as has_numbers
from core.dim_campaigns as campaigns
left join marts.campaign_performance as numbers on campaigns.campaign_id = numbers.campaign_id
where campaigns.campaign_id = $key
