-- One row per campaign (null: no campaign) and model: what it earned (R63, R75).
with per_deal as (
    select campaign_id, model, deal_id, sum(credit) as credit
    from {{ ref('attribution_credits') }}
    group by campaign_id, model, deal_id
),

deals as (
    select
        per_deal.campaign_id,
        per_deal.model,
        count(*) as deals,
        sum(deals.amount_home) as deal_amount,
        sum(per_deal.credit) as revenue
    from per_deal
    inner join {{ ref('deals') }} as deals on per_deal.deal_id = deals.deal_id
    group by per_deal.campaign_id, per_deal.model
),

contacts as (
    select campaign_id, model, count(distinct contact_id) as contacts
    from {{ ref('attribution_credits') }}
    group by campaign_id, model
)

select
    deals.campaign_id,
    deals.model,
    contacts.contacts,
    deals.deals,
    cast(deals.deal_amount as decimal(18, 2)) as deal_amount,
    cast(deals.revenue as decimal(18, 2)) as revenue
from deals
inner join contacts
    on deals.model = contacts.model
    and deals.campaign_id is not distinct from contacts.campaign_id
