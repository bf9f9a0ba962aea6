-- Which e-mail an e-mail campaign of HubSpot's events belongs to, and the first pull that told so.
with told as (
    select
        id, unnest(json_extract_string(payload, '$.allEmailCampaignIds[*]')) as email_campaign_id,
        _pull, _pulled_at
    from fresh_marketing_emails
    union all
    select id, json_extract_string(payload, '$.primaryEmailCampaignId'), _pull, _pulled_at
    from fresh_marketing_emails
)

select
    filled(email_campaign_id) as _key, '' as _said,
    filled(email_campaign_id) as email_campaign_id, arg_min(id, (_pull, id)) as email_id,
    min(_pull) as _pull,
    min(_pulled_at) as _pulled_at
from told
where coalesce(filled(email_campaign_id), '0') != '0' and filled(id) is not null
group by filled(email_campaign_id)
