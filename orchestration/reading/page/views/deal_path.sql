-- The first $touches touches of the deal $key in order, with their campaigns and what every model
-- gives them. Materialized: the touches are few, and what they are joined with is large.
with touches as materialized (
    select
        event_id,
        campaign_id,
        any_value(contact_id) as contact_id,
        any_value(event_type) as event_type,
        any_value(occurred_at) as occurred_at,
        any_value(channel) as channel,
        list(struct_pack(model := model, weight := weight, credit := credit)) as models
    from marts.attribution_credits
    where deal_id = $key
    group by event_id, campaign_id
    order by occurred_at, event_id, campaign_id nulls last
    limit $touches
),

counted as materialized (
    select
        found.event_id,
        found.campaign_id,
        found.basis
    from core.fct_campaign_interactions as found
    semi join touches
        on found.campaign_id = touches.campaign_id and found.event_id = touches.event_id
)

select
    touches.*,
    contacts.email,
    campaigns.campaign_name,
    counted.basis,
    events.asset_type,
    events.asset_id,
    assets.asset_name,
    events.url
from touches
left join counted
    on touches.event_id = counted.event_id and touches.campaign_id = counted.campaign_id
left join core.fct_interactions as events on touches.event_id = events.event_id
left join core.dim_assets as assets
    on events.asset_type = assets.asset_type and events.asset_id = assets.asset_id
left join core.dim_contacts as contacts on touches.contact_id = contacts.contact_id
left join core.dim_campaigns as campaigns on touches.campaign_id = campaigns.campaign_id
order by touches.occurred_at, touches.event_id, touches.campaign_id nulls last
