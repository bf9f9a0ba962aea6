-- One row per list and pull; as assets those are told that are static and of contacts.
select
    filled(id) as list_id,
    list_id as record_id,
    filled(name) as name,
    created_at,
    null::varchar as url,
    null::varchar as published_at,
    coalesce(
        upper(filled(processing_type)) in ('MANUAL', 'SNAPSHOT'), not truth(dynamic)
    ) as is_static,
    coalesce(filled(object_type_id), '0-1') = '0-1' as has_contacts,
    is_static and has_contacts as is_told,
    version_deleted(
        _fivetran_active, is_newest, truth_text(_fivetran_deleted)
    ) as is_deleted,
    version_loaded(
        _fivetran_active, is_newest, _fivetran_start, _fivetran_synced, _pulled_at
    ) as loaded_at,
    _pull,
    _pulled_at
from (select *, is_newest_version(id, _fivetran_start, _pull) as is_newest from contact_list)
qualify row_number() over (
    partition by id, _pull order by is_newest desc, loaded(_fivetran_synced, _pulled_at) desc
) = 1
