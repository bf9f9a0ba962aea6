-- E-mail events as they came.
select
    filled(id) as id,
    "type" as kind,
    created as created_at,
    recipient,
    truth_text(filtered_event) as filtered,
    filled(email_campaign_id) as campaign_id,
    loaded(_fivetran_synced, _pulled_at) as loaded_at,
    _pull
from email_event
