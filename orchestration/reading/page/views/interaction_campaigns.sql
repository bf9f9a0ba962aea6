-- The campaigns that the interaction $key counts for, and why.
with counted as (
    select *
    from core.fct_campaign_interactions
    where event_id = $key
)

select
    counted.campaign_id,
    campaigns.campaign_name,
    counted.basis,
    counted.influences,
    counted.earns_revenue
from counted
left join core.dim_campaigns as campaigns on counted.campaign_id = campaigns.campaign_id
order by counted.campaign_id
