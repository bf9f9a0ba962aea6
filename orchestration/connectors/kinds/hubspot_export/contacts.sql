-- One row per contact and export.
select
    with_portal(record_id) as contact_id,
    filled(email) as email,
    additional_emails,
    local_iso(created_at) as created_at,
    lifecycle_stage,
    salesforce_campaign_ids,
    null as salesforce_ids,
    null as _deleted,
    iso(loaded_at) as _loaded_at,
    _pull
from contact_versions
