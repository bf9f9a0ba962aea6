-- One row per member of a Salesforce campaign, and version.
select
    id as record_id,
    value_of(campaign_id, _airbyte_data, '$.CampaignId') as campaign_id,
    value_of(created_date, _airbyte_data, '$.CreatedDate') as created_date,
    coalesce(
        value_of(contact_id, _airbyte_data, '$.ContactId'),
        value_of(lead_id, _airbyte_data, '$.LeadId')
    ) as salesforce_id,
    -- Fivetran keeps is_deleted as it was where Salesforce has the row no more.
    version_deleted(
        _fivetran_active,
        is_newest,
        if(
            truth(_fivetran_deleted),
            'true',
            truth_text(value_of(is_deleted, _airbyte_data, '$.IsDeleted'))
        )
    ) as is_deleted,
    coalesce(
        if(
            has_ended(_fivetran_active) and not is_newest,
            known_instant(_fivetran_start),
            known_instant(_fivetran_synced)
        ),
        known_instant(_airbyte_extracted_at),
        known_instant(_airbyte_emitted_at),
        known_instant(_dlt_load_id),
        _pulled_at
    ) as loaded_at,
    _pull,
    _pulled_at
from (
    select *, is_newest_version(id, _fivetran_start, _pull) as is_newest
    from (select * replace (value_of(id, _airbyte_data, '$.Id') as id) from campaign_member)
)
