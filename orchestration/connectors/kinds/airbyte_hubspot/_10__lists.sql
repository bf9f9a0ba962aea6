-- One row per list and pull; as assets those are told that are static and of contacts.
select
    coalesce(
        value_of(listid, _airbyte_data, '$.listId'), value_of(id, _airbyte_data, '$.id')
    ) as list_id,
    list_id as record_id,
    value_of(name, _airbyte_data, '$.name') as name,
    value_of(createdat, _airbyte_data, '$.createdAt') as created_at,
    null::varchar as url,
    null::varchar as published_at,
    coalesce(
        upper(
            value_of(processingtype, _airbyte_data, '$.processingType')
        ) in ('MANUAL', 'SNAPSHOT'),
        not truth(value_of(dynamic, _airbyte_data, '$.dynamic'))
    ) as is_static,
    coalesce(value_of(objecttypeid, _airbyte_data, '$.objectTypeId'), '0-1') = '0-1'
        as has_contacts,
    is_static and has_contacts as is_told,
    airbyte_time(_airbyte_extracted_at, _airbyte_emitted_at, _pulled_at) as loaded_at,
    null::varchar as is_deleted,
    _pull,
    _pulled_at
from contact_lists
qualify row_number() over (partition by list_id, _pull order by loaded_at desc) = 1
