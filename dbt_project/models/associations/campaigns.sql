-- One row per campaign that has a record, with its aliases (R01, R04).
with aliases as (
    select campaign_id, {{ text_list_agg('utm_campaign') }} as utm_aliases
    from {{ ref('campaign_aliases') }}
    group by campaign_id
)

select
    campaigns.campaign_id,
    campaigns.campaign_name,
    campaigns.created_at,
    campaigns.start_date,
    campaigns.end_date,
    campaigns.status,
    campaigns.owner,
    campaigns.currency,
    coalesce(aliases.utm_aliases, {{ empty_text_list() }}) as utm_aliases,
    campaigns.is_deleted
from {{ ref('stg_campaigns') }} as campaigns
left join aliases on campaigns.campaign_id = aliases.campaign_id
