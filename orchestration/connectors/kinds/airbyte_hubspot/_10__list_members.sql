-- Members of lists.
select
    value_of("static-list-id", _airbyte_data, '$."static-list-id"') as list_id,
    value_of("canonical-vid", _airbyte_data, '$."canonical-vid"') as contact_id,
    value_of("timestamp", _airbyte_data, '$.timestamp') as added_at,
    airbyte_time(_airbyte_extracted_at, _airbyte_emitted_at, _pulled_at) as loaded_at,
    _pull
from contacts_list_memberships
