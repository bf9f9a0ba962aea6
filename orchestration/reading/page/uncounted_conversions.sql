select conversions.conversion_event_id
from marts.last_touch_contacts as conversions
anti join (
    select event_id from core.fct_campaign_interactions where campaign_id = $key
) as counted on conversions.conversion_event_id = counted.event_id
where conversions.campaign_id = $key
limit 1
