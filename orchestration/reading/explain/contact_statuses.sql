select
    status.metric, status.status, events.event_id, events.event_type,
    events.occurred_at, events.asset_type, events.asset_id, assets.asset_name
from diagnostics.contact_status as status
left join core.fct_interactions as events on status.event_id = events.event_id
left join core.dim_assets as assets
    on events.asset_type = assets.asset_type and events.asset_id = assets.asset_id
where status.contact_id = ?
