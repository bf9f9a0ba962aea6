-- One row per form and version.
select
    guid(coalesce(value_of(id, _airbyte_data, '$.id'), value_of(guid, _airbyte_data, '$.guid')))
        as record_id,
    value_of(name, _airbyte_data, '$.name') as name,
    null::varchar as url,
    value_of(createdat, _airbyte_data, '$.createdAt') as created_at,
    null::varchar as published_at,
    truth_text(value_of(archived, _airbyte_data, '$.archived')) as is_deleted,
    true as is_told,
    airbyte_time(_airbyte_extracted_at, _airbyte_emitted_at, _pulled_at) as loaded_at,
    _pull,
    _pulled_at
from forms
