-- One row per member of a Salesforce campaign, and version.
select
    filled(id) as record_id,
    filled(campaign_id) as campaign_id,
    created_date,
    coalesce(filled(contact_id), filled(lead_id)) as salesforce_id,
    -- Fivetran keeps is_deleted as it was where Salesforce has the row no more.
    version_deleted(
        _fivetran_active,
        is_newest,
        if(truth(_fivetran_deleted), 'true', truth_text(is_deleted))
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
from (select *, is_newest_version(id, _fivetran_start, _pull) as is_newest from campaign_member)
