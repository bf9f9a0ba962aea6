-- The campaigns that interactions of the contact $key would influence it for.
select
    counted.campaign_id,
    campaigns.campaign_name,
    count(*) as interactions
from core.fct_campaign_interactions as counted
left join core.dim_campaigns as campaigns on counted.campaign_id = campaigns.campaign_id
where counted.contact_id = $key and counted.influences
group by counted.campaign_id, campaigns.campaign_name
order by counted.campaign_id
