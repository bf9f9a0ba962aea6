-- The interaction $key.
with events as (
    select *
    from core.fct_interactions
    where event_id = $key
    limit 1
)

select
    events.*,
    contacts.email,
    assets.asset_name
from events
left join core.dim_contacts as contacts on events.contact_id = contacts.contact_id
left join core.dim_assets as assets
    on events.asset_type = assets.asset_type and events.asset_id = assets.asset_id
