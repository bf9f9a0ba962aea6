-- One row per marketing event and version.
select
    filled(id) as record_id,
    filled(event_name) as name,
    filled(event_url) as url,
    created_at,
    null::varchar as published_at,
    is_gone as is_deleted,
    true as is_told,
    known_at as loaded_at,
    _pull,
    _pulled_at
from fivetran_versions('marketing_event', id)
