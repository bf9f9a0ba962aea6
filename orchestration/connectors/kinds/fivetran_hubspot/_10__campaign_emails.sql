-- What says which e-mail an e-mail campaign sent.
select
    filled(id) as campaign_id,
    filled(content_id) as content_id,
    1 as authority,
    loaded(_fivetran_synced, _pulled_at) as loaded_at,
    _pull,
    _pulled_at
from email_campaign
