select
    counted.event_id, counted.campaign_id,
    counted.contact_id,
    counted.influences,
    event.asset_type,
    event.asset_id
from core.fct_campaign_interactions as counted
inner join ${events} as event on counted.event_id = event.event_id
where counted.basis in ('asset', 'both') and counted.campaign_id in (${live})
