-- One row per form and version.
select
    guid(guid) as record_id,
    filled(name) as name,
    null::varchar as url,
    created_at,
    null::varchar as published_at,
    is_gone as is_deleted,
    true as is_told,
    known_at as loaded_at,
    _pull,
    _pulled_at
from fivetran_versions('form', guid)
