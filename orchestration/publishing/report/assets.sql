with through as (${through}),

engaged as (
    select
        through.asset_type, through.asset_id,
        count(distinct through.event_id) as interactions,
        count(distinct contact.contact_id) as contacts,
        max(through.campaign_id) as campaign_id,
        count(distinct through.campaign_id) as campaigns
    from through
    left join core.dim_contacts as contact
        on through.contact_id = contact.contact_id
        and not contact.is_deleted
    where through.influences
    group by all
)

select
    engaged.asset_type, engaged.asset_id,
    asset.asset_name,
    engaged.interactions,
    engaged.contacts,
    coalesce(earned.deals, 0) as deals,
    coalesce(earned.revenue, 0) as revenue,
    engaged.campaigns, campaign.campaign_name
from engaged
left join earned
    on engaged.asset_type = earned.asset_type
    and engaged.asset_id = earned.asset_id
left join core.dim_assets as asset
    on engaged.asset_type = asset.asset_type
    and engaged.asset_id = asset.asset_id
left join core.dim_campaigns as campaign on engaged.campaign_id = campaign.campaign_id
order by
    revenue desc, contacts desc,
    interactions desc,
    engaged.asset_type,
    engaged.asset_id
limit ${most}
