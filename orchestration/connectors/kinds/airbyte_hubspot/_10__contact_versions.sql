-- One row per contact and version, those in the bin, too.
with streams as (
    select *, false as is_in_bin from contacts
    union all by name
    select *, true as is_in_bin from contacts_archived
)

select
    coalesce(
        value_of(id, _airbyte_data, '$.id'), value_of(vid, _airbyte_data, '$.vid')
    ) as record_id,
    property_of(properties_email, properties, _airbyte_data, 'email') as email,
    property_of(properties_hs_additional_emails, properties, _airbyte_data, 'hs_additional_emails')
        as additional_emails,
    coalesce(
        property_of(properties_createdate, properties, _airbyte_data, 'createdate'),
        value_of(createdat, _airbyte_data, '$.createdAt')
    ) as createdate,
    known_instant(createdate) as created_at,
    property_of(properties_lifecyclestage, properties, _airbyte_data, 'lifecyclestage')
        as lifecycle_stage,
    property_of(
        properties_salesforcecampaignids, properties, _airbyte_data, 'salesforcecampaignids'
    )
        as salesforce_campaign_ids,
    array_to_string(
        [
            property_of(
                properties_salesforcecontactid, properties, _airbyte_data, 'salesforcecontactid'
            ),
            property_of(properties_salesforceleadid, properties, _airbyte_data, 'salesforceleadid'),
        ],
        ';'
    ) as salesforce_ids,
    property_of(
        properties_hs_calculated_merged_vids, properties, _airbyte_data, 'hs_calculated_merged_vids'
    )
        as merged_vids,
    property_of(properties_hs_merged_object_ids, properties, _airbyte_data, 'hs_merged_object_ids')
        as merged_ids,
    property_of(
        properties_hs_calculated_form_submissions, properties, _airbyte_data,
        'hs_calculated_form_submissions'
    )
        as form_submissions,
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
    airbyte_time(_airbyte_extracted_at, _airbyte_emitted_at, _pulled_at) as loaded_at,
    _pull,
    _pulled_at
from streams
