-- One row per member of a Salesforce campaign, and version.
select
    filled(id) as record_id,
    filled(campaign_id) as campaign_id,
    created_date,
    coalesce(filled(contact_id), filled(lead_id)) as salesforce_id,
    coalesce(truth_text(is_deleted), truth_text(_fivetran_deleted)) as is_deleted,
    coalesce(
        known_instant(_fivetran_synced),
        known_instant(_airbyte_extracted_at),
        known_instant(_airbyte_emitted_at),
        known_instant(_dlt_load_id),
        _pulled_at
    ) as loaded_at,
    _pull,
    _pulled_at
from campaign_member
