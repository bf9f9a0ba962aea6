with events as (${left_out}),

counted as (
    select event_id, list(distinct campaign_id order by campaign_id) as campaign_ids
    from core.fct_campaign_interactions
    where event_id in (select event_id from events) group by event_id
)

select
    events.*, contacts.email, assets.asset_name,
    coalesce(counted.campaign_ids, []) as campaign_ids
from events
left join core.dim_contacts as contacts on events.contact_id = contacts.contact_id
left join core.dim_assets as assets
    on events.asset_type = assets.asset_type and events.asset_id = assets.asset_id
left join counted on events.event_id = counted.event_id
order by events.occurred_at, events.event_id
