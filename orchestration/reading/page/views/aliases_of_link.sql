-- The campaigns that have the utm_campaign $utm as an alias, with their creation where they have a
-- record.
select
    aliases.campaign_id,
    campaigns.campaign_name,
    campaigns.created_at,
    campaigns.campaign_id is not null as has_record
from diagnostics.utm_audit as aliases
left join core.dim_campaigns as campaigns on aliases.campaign_id = campaigns.campaign_id
where aliases.utm_campaign = $utm and aliases.campaign_id is not null
order by aliases.campaign_id
