-- Submissions as contacts have them.
select
    value_of("conversion-id", _airbyte_data, '$."conversion-id"') as conversion_id,
    value_of("canonical-vid", _airbyte_data, '$."canonical-vid"') as contact_id,
    value_of("form-id", _airbyte_data, '$."form-id"') as form_id,
    value_of("page-url", _airbyte_data, '$."page-url"') as page_url,
    value_of("timestamp", _airbyte_data, '$.timestamp') as submitted_at,
    airbyte_time(_airbyte_extracted_at, _airbyte_emitted_at, _pulled_at) as loaded_at,
    _pull
from contacts_form_submissions
