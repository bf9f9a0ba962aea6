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
    is_gone as is_deleted,
    known_at as loaded_at,
    _pull,
    _pulled_at
from fivetran_versions('contact', id)
