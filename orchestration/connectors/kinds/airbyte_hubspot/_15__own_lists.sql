-- One row per list and version, of which those that are static and of contacts are told.
select
    list_id as record_id,
    name,
    null::varchar as url,
    created_at,
    null::varchar as published_at,
    is_deleted,
    is_static and has_contacts as is_told,
    loaded_at,
    _pull,
    _pulled_at
from lists
