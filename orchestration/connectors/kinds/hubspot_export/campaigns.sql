-- One row per campaign and export.
select
    with_portal(guid(campaign_id)) as campaign_id,
    filled(campaign_name) as campaign_name,
    local_iso(created_at) as created_at,
    left(filled(start_date), 10) as start_date,
    left(filled(end_date), 10) as end_date,
    filled(status) as status,
    filled(owner) as owner,
    filled(currency) as currency,
    null as _deleted,
    iso(loaded(file_time, _pulled_at)) as _loaded_at,
    _pull
from campaigns
