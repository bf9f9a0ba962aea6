-- One row per campaign that is not deleted, zeros included (R80, R83, R84).
with sessions as (
    select campaign_id, count(*) as sessions
    from {{ ref('campaign_sessions') }}
    group by campaign_id
),

first_touches as (
    select campaign_id, count(*) as contacts
    from {{ ref('first_touch_contacts') }}
    group by campaign_id
),

last_touches as (
    select campaign_id, count(*) as contacts
    from {{ ref('last_touch_contacts') }}
    group by campaign_id
),

influenced as (
    select campaign_id, count(*) as contacts
    from {{ ref('influenced_contacts') }}
    group by campaign_id
),

revenue_people as (
    select campaign_id, count(*) as contacts from {{ ref('revenue_contacts') }} group by campaign_id
),

won as (
    select
        per_deal.campaign_id,
        count(*) as deals,
        sum(per_deal.revenue) as revenue,
        sum(deals.amount_home) as associated_deal_value
    from (
        select campaign_id, deal_id, sum(revenue) as revenue
        from {{ ref('campaign_deals') }}
        group by campaign_id, deal_id
    ) as per_deal
    inner join {{ ref('deals') }} as deals on per_deal.deal_id = deals.deal_id
    group by per_deal.campaign_id
),

money as (
    -- An unknown amount makes a total unknown, never smaller.
    select
        campaign_id,
        sum(case when kind = 'budget' then amount_home else 0 end) as budget,
        sum(case when kind = 'spend' then amount_home else 0 end) as spend,
        sum(case when kind = 'ad_spend' then amount_home else 0 end) as ad_spend,
        count(case when kind = 'budget' and amount_home is null then 1 end) as unknown_budget,
        count(case when kind = 'spend' and amount_home is null then 1 end) as unknown_spend,
        count(case when kind = 'ad_spend' and amount_home is null then 1 end) as unknown_ad_spend
    from {{ ref('campaign_money') }}
    group by campaign_id
),

performance as (
    select
        campaigns.campaign_id,
        campaigns.campaign_name,
        coalesce(sessions.sessions, 0) as sessions,
        coalesce(first_touches.contacts, 0) as new_contacts_first_touch,
        coalesce(last_touches.contacts, 0) as new_contacts_last_touch,
        coalesce(influenced.contacts, 0) as influenced_contacts,
        coalesce(revenue_people.contacts, 0) as contacts_with_revenue,
        coalesce(won.deals, 0) as deals,
        cast(coalesce(won.revenue, 0) as decimal(18, 2)) as revenue,
        cast(coalesce(won.associated_deal_value, 0) as decimal(18, 2)) as associated_deal_value,
        case
            when coalesce(money.unknown_budget, 0) = 0
                then cast(coalesce(money.budget, 0) as decimal(18, 2))
        end as budget,
        case
            when coalesce(money.unknown_spend, 0) = 0
                then cast(coalesce(money.spend, 0) as decimal(18, 2))
        end as spend,
        case
            when coalesce(money.unknown_ad_spend, 0) = 0
                then cast(coalesce(money.ad_spend, 0) as decimal(18, 2))
        end as ad_spend
    from {{ ref('campaigns') }} as campaigns
    left join sessions on campaigns.campaign_id = sessions.campaign_id
    left join first_touches on campaigns.campaign_id = first_touches.campaign_id
    left join last_touches on campaigns.campaign_id = last_touches.campaign_id
    left join influenced on campaigns.campaign_id = influenced.campaign_id
    left join revenue_people on campaigns.campaign_id = revenue_people.campaign_id
    left join won on campaigns.campaign_id = won.campaign_id
    left join money on campaigns.campaign_id = money.campaign_id
    where not campaigns.is_deleted
)

select
    campaign_id,
    campaign_name,
    sessions,
    new_contacts_first_touch,
    new_contacts_last_touch,
    influenced_contacts,
    contacts_with_revenue,
    deals,
    revenue,
    associated_deal_value,
    budget,
    spend,
    cast(budget - spend as decimal(18, 2)) as remaining_budget,
    ad_spend,
    cast(revenue - spend as double) / nullif(cast(spend as double), 0) as roi,
    cast(spend + ad_spend as decimal(18, 2)) as total_cost,
    cast(revenue as double) / nullif(cast(spend + ad_spend as double), 0) as roas
from performance
