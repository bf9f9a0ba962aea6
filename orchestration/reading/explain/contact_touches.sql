select
    touches.*, campaigns.campaign_name, events.event_type, events.occurred_at,
    events.asset_type, events.asset_id, assets.asset_name
from marts.${table} as touches
left join core.dim_campaigns as campaigns on touches.campaign_id = campaigns.campaign_id
left join core.fct_interactions as events on touches.${event} = events.event_id
left join core.dim_assets as assets
    on events.asset_type = assets.asset_type and events.asset_id = assets.asset_id
where touches.contact_id = ? order by touches.campaign_id
