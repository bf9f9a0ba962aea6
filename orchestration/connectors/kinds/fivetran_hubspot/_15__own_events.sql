-- One row per marketing event and version.
select
    filled(id) as record_id,
    filled(event_name) as name,
    filled(event_url) as url,
    created_at,
    null::varchar as published_at,
    version_deleted(
        _fivetran_active, is_newest, truth_text(_fivetran_deleted)
    ) as is_deleted,
    true as is_told,
    version_loaded(
        _fivetran_active, is_newest, _fivetran_start, _fivetran_synced, _pulled_at
    ) as loaded_at,
    _pull,
    _pulled_at
from (select *, is_newest_version(id, _fivetran_start, _pull) as is_newest from marketing_event)
