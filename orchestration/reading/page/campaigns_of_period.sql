-- Campaigns with the sums of a period's days, and what $model gives them of deals closed in it. The
-- total cost is known for the whole time alone.
with daily as (
    select
        campaign_id,
        sum(sessions)::bigint as sessions,
        sum(new_contacts_first_touch)::bigint as first_touch,
        sum(new_contacts_last_touch)::bigint as last_touch,
        sum(influenced_contacts)::bigint as influenced,
        sum(spend) as spend,
        bool_or(spend is null) as is_unknown
    from marts.campaign_daily
    where ${days}
    group by campaign_id
),

credited as (
    select
        campaign_id,
        count(distinct deal_id) as deals,
        sum(credit) as revenue
    from marts.attribution_credits
    where model = $model and ${period}
    group by campaign_id
)

select
    numbers.campaign_id,
    coalesce(daily.sessions, 0) as sessions,
    coalesce(daily.first_touch, 0) as new_contacts_first_touch,
    coalesce(daily.last_touch, 0) as new_contacts_last_touch,
    coalesce(daily.influenced, 0) as influenced_contacts,
    coalesce(credited.deals, 0) as deals,
    coalesce(credited.revenue, 0) as revenue,
    case
        when daily.campaign_id is null then 0
        when not daily.is_unknown then daily.spend
    end as spend,
    null::decimal(18, 2) as total_cost
from marts.campaign_performance as numbers
left join daily on numbers.campaign_id = daily.campaign_id
left join credited on numbers.campaign_id = credited.campaign_id
where ${where}
