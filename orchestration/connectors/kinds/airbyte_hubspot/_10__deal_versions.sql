-- One row per deal and version, those in the bin, too.
with streams as (
    select *, false as is_in_bin from deals
    union all by name
    select *, true as is_in_bin from deals_archived
)

select
    coalesce(
        value_of(id, _airbyte_data, '$.id'), value_of(dealid, _airbyte_data, '$.dealId')
    ) as deal_id,
    deal_id as record_id,
    property_of(properties_dealname, properties, _airbyte_data, 'dealname') as deal_name,
    property_of(properties_pipeline, properties, _airbyte_data, 'pipeline') as pipeline,
    property_of(properties_dealstage, properties, _airbyte_data, 'dealstage') as stage,
    truth(property_of(properties_hs_is_closed_won, properties, _airbyte_data, 'hs_is_closed_won'))
        as says_won,
    truth(
        property_of(properties_hs_is_closed, properties, _airbyte_data, 'hs_is_closed')
    ) as says_closed,
    property_of(properties_amount, properties, _airbyte_data, 'amount') as amount,
    property_of(properties_deal_currency_code, properties, _airbyte_data, 'deal_currency_code')
        as currency,
    coalesce(
        property_of(properties_createdate, properties, _airbyte_data, 'createdate'),
        value_of(createdat, _airbyte_data, '$.createdAt')
    ) as created_at,
    property_of(properties_closedate, properties, _airbyte_data, 'closedate') as close_date,
    case
        when is_in_bin then 'true'
        else
            coalesce(
                truth_text(value_of(archived, _airbyte_data, '$.archived')),
                if(
                    known_instant(value_of(archivedat, _airbyte_data, '$.archivedAt')) is null,
                    null, 'true'
                )
            )
    end as is_deleted,
    property_of(properties_hs_merged_object_ids, properties, _airbyte_data, 'hs_merged_object_ids')
        as merged_ids,
    value_of(contacts, _airbyte_data, '$.contacts') as contact_ids,
    is_in_bin,
    airbyte_time(_airbyte_extracted_at, _airbyte_emitted_at, _pulled_at) as loaded_at,
    _pull,
    _pulled_at
from streams
