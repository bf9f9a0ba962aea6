-- One row per contact and version.
select
    record_id,
    email,
    filled(hs_additional_emails) as additional_emails,
    createdate,
    known_instant(createdate) as created_at,
    filled(lifecyclestage) as lifecycle_stage,
    filled(salesforcecampaignids) as salesforce_campaign_ids,
    array_to_string([filled(salesforcecontactid), filled(salesforceleadid)], ';') as salesforce_ids,
    hs_calculated_merged_vids as merged_vids,
    hs_merged_object_ids as merged_ids,
    truth_text(is_deleted) as is_deleted,
    filled(_dlt_id) as row_id,
    loaded(_dlt_load_id, _pulled_at) as loaded_at,
    _pull,
    _pulled_at
from parents
