-- One row per marketing e-mail and version.
select
    value_of(id, _airbyte_data, '$.id') as id,
    value_of(id, _airbyte_data, '$.id') as record_id,
    value_of(name, _airbyte_data, '$.name') as name,
    null::varchar as url,
    coalesce(
        value_of(createdat, _airbyte_data, '$.createdAt'),
        value_of(created, _airbyte_data, '$.created')
    ) as created_at,
    -- A draft has a publication date, too, and is not published.
    case
        when not contains(upper(coalesce(value_of(state, _airbyte_data, '$.state'), '')), 'DRAFT')
            then value_of(publishdate, _airbyte_data, '$.publishDate')
    end as published_at,
    truth_text(value_of(archived, _airbyte_data, '$.archived')) as is_deleted,
    true as is_told,
    value_of(allemailcampaignids, _airbyte_data, '$.allEmailCampaignIds') as campaign_ids,
    value_of(primaryemailcampaignid, _airbyte_data, '$.primaryEmailCampaignId') as primary_id,
    airbyte_time(_airbyte_extracted_at, _airbyte_emitted_at, _pulled_at) as loaded_at,
    _pull,
    _pulled_at
from marketing_emails
