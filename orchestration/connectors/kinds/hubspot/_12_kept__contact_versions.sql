-- One row per contact and pull: the contact as that pull last said it.
with told as (
    select
        id, kind, _pull, _pulled_at, _load, _row,
        json_extract_string(payload, [
            '$.properties.email', '$.properties.hs_additional_emails', '$.properties.createdate',
            '$.createdAt',
            '$.properties.lifecyclestage', '$.properties.salesforcecampaignids',
            '$.properties.salesforcecontactid',
            '$.properties.salesforceleadid', '$.properties.hs_merged_object_ids',
            '$.properties.hs_calculated_merged_vids',
            '$.properties.hs_calculated_form_submissions', '$.archived'
        ]) as fields,
        json_extract(payload, '$.propertiesWithHistory.email') as email_history
    from last_of_pull('fresh_contacts')
)

select
    id, _pull, _pulled_at,
    filled(fields[1]) as email,
    filled(fields[2]) as additional_emails,
    coalesce(known_instant(fields[3]), known_instant(fields[4])) as created_at,
    filled(fields[5]) as lifecycle_stage,
    filled(fields[6]) as salesforce_campaign_ids,
    nullif(concat_ws(';', filled(fields[7]), filled(fields[8])), '') as salesforce_ids,
    fields[9] as merged_object_ids,
    fields[10] as merged_vids,
    fields[11] as form_submissions,
    kind = 'archived' or coalesce(truth(fields[12]), false) as is_archived,
    email_history
from told
