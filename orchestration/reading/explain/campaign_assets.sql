select
    events.asset_type, events.asset_id, assets.asset_name,
    sum(credits.credit) as revenue,
    count(distinct credits.deal_id) as deals, count(distinct credits.event_id) as touches
from marts.attribution_credits as credits
left join core.fct_interactions as events on credits.event_id = events.event_id
left join core.dim_assets as assets
    on events.asset_type = assets.asset_type and events.asset_id = assets.asset_id
where credits.campaign_id = ? and credits.model = 'linear'
group by all order by revenue desc, 1, 2 limit ${top}
