-- One row per deal, event, campaign and model: the ledger, with the day of the close and what a
-- report of campaigns counts (R60, R62, R74, R84).
select
    credits.deal_id,
    credits.event_id,
    credits.campaign_id,
    credits.contact_id,
    credits.model,
    credits.event_type,
    interactions.asset_type,
    credits.channel,
    {{ portal_date('credits.closed_at') }} as counted_on,
    credits.credit,
    credits.model = 'linear' and campaigns.campaign_id is not null as is_reported
from {{ ref('attribution_credits') }} as credits
left join {{ ref('interactions') }} as interactions on credits.event_id = interactions.event_id
left join {{ ref('campaigns') }} as campaigns
    on credits.campaign_id = campaigns.campaign_id and not campaigns.is_deleted
