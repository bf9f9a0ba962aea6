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
    is_gone as is_deleted,
    known_at as loaded_at,
    _pull,
    _pulled_at
from fivetran_versions('contact_list', id)
qualify row_number() over (
    partition by id, _pull order by is_newest desc, loaded(_fivetran_synced, _pulled_at) desc
) = 1
