-- One row per utm_campaign value seen in unfiltered page views or kept as an alias, and campaign that has it as alias (R95).
with seen as (
    select utm_campaign, count(*) as page_views, count(distinct session_id) as sessions, max(occurred_at) as last_view_at
    from {{ ref('interactions') }}
    where event_type = 'page_view' and not is_filtered and utm_campaign is not null
    group by utm_campaign
),

aliases as (
    select utm_campaign, campaign_id, counts_from, count(*) over (partition by utm_campaign) as campaigns
    from {{ ref('campaign_aliases') }}
)

select
    coalesce(seen.utm_campaign, aliases.utm_campaign) as utm_campaign,
    aliases.campaign_id,
    coalesce(seen.page_views, 0) as page_views,
    coalesce(seen.sessions, 0) as sessions,
    case
        when aliases.campaign_id is null then 'unmatched'
        when seen.utm_campaign is null then 'never_seen'
        when aliases.campaigns > 1 then 'shared'
        when seen.last_view_at >= aliases.counts_from then 'matched'
        else 'before_campaign'
    end as status
from seen
full outer join aliases on seen.utm_campaign = aliases.utm_campaign
