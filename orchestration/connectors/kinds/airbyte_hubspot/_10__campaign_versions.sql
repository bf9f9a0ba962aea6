-- One row per e-mail campaign and version.
select
    value_of(id, _airbyte_data, '$.id') as id,
    nullif(value_of(contentid, _airbyte_data, '$.contentId'), '0') as content_id,
    value_of(name, _airbyte_data, '$.name') as name,
    airbyte_time(_airbyte_extracted_at, _airbyte_emitted_at, _pulled_at) as loaded_at,
    _pull,
    _pulled_at
from campaigns
