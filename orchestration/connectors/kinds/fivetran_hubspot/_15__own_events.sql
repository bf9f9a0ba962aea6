-- One row per marketing event and version.
select
    filled(id) as record_id,
    filled(event_name) as name,
    filled(event_url) as url,
    created_at,
    null::varchar as published_at,
    truth_text(_fivetran_deleted) as is_deleted,
    true as is_told,
    loaded(_fivetran_synced, _pulled_at) as loaded_at,
    _pull,
    _pulled_at
from marketing_event
