-- One row per contact and export.
select
    filled(record_id) as record_id,
    email,
    filled(additional_emails) as additional_emails,
    created_at,
    local_instant(created_at) as created,
    filled(lifecycle_stage) as lifecycle_stage,
    filled(salesforce_campaign_ids) as salesforce_campaign_ids,
    merged_ids,
    merged_vids,
    loaded(file_time, _pulled_at) as loaded_at,
    _pull,
    _pulled_at
from contacts
where not is_rounded(record_id)
