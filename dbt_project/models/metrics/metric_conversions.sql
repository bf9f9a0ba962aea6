-- One row per conversion besides the won deal, subject, event, campaign and model with weight, with
-- the day of the conversion (R84, R100-R103).
select
    credits.conversion,
    credits.subject_id,
    credits.event_id,
    credits.campaign_id,
    credits.contact_id,
    credits.model,
    credits.event_type,
    interactions.asset_type,
    credits.channel,
    {{ portal_date('credits.converted_at') }} as counted_on,
    credits.credit,
    credits.amount
from {{ ref('conversion_credits') }} as credits
left join {{ ref('interactions') }} as interactions on credits.event_id = interactions.event_id
