-- E-mail events as they came.
select
    value_of(id, _airbyte_data, '$.id') as id,
    value_of("type", _airbyte_data, '$.type') as kind,
    value_of(created, _airbyte_data, '$.created') as created_at,
    value_of(recipient, _airbyte_data, '$.recipient') as recipient,
    truth_text(value_of(filteredevent, _airbyte_data, '$.filteredEvent')) as filtered,
    value_of(emailcampaignid, _airbyte_data, '$.emailCampaignId') as campaign_id,
    airbyte_time(_airbyte_extracted_at, _airbyte_emitted_at, _pulled_at) as loaded_at,
    _pull
from email_events
