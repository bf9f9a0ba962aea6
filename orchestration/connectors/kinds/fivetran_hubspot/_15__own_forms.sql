-- One row per form and version.
select
    guid(guid) as record_id,
    filled(name) as name,
    null::varchar as url,
    created_at,
    null::varchar as published_at,
    truth_text(_fivetran_deleted) as is_deleted,
    true as is_told,
    loaded(_fivetran_synced, _pulled_at) as loaded_at,
    _pull,
    _pulled_at
from form
