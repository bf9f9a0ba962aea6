-- One row per member of a Salesforce campaign, and version.
select
    filled(campaign_id) as salesforce_campaign_id,
    filled(id) as member_id,
    null as contact_id,
    null as added_via,
    iso_of(created_date) as added_at,
    coalesce(filled(contact_id), filled(lead_id)) as salesforce_id,
    coalesce(truth_text(is_deleted), truth_text(_fivetran_deleted)) as _deleted,
    iso(
        coalesce(
            known_instant(_fivetran_synced),
            known_instant(_airbyte_extracted_at),
            known_instant(_airbyte_emitted_at),
            known_instant(_dlt_load_id),
            _pulled_at
        )
    ) as _loaded_at,
    _pull
from campaign_member
