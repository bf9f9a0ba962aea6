-- One row per contact and version.
select
    filled(id) as record_id,
    property_email as email,
    filled(property_hs_additional_emails) as additional_emails,
    property_createdate as createdate,
    known_instant(property_createdate) as created_at,
    filled(property_lifecyclestage) as lifecycle_stage,
    filled(property_salesforcecampaignids) as salesforce_campaign_ids,
    array_to_string(
        [filled(property_salesforcecontactid), filled(property_salesforceleadid)], ';'
    ) as salesforce_ids,
    property_hs_calculated_merged_vids as merged_vids,
    property_hs_merged_object_ids as merged_ids,
    version_deleted(
        _fivetran_active, is_newest, truth_text(_fivetran_deleted)
    ) as is_deleted,
    version_loaded(
        _fivetran_active, is_newest, _fivetran_start, _fivetran_synced, _pulled_at
    ) as loaded_at,
    _pull,
    _pulled_at
from (select *, is_newest_version(id, _fivetran_start, _pull) as is_newest from contact)
