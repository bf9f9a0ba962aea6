-- One row per deal and campaign whose inclusion, reason or revenue (linear, R62) differs.
create temp table deal_differences as
with credited_a as (
    select deal_id, campaign_id, sum(credit) as revenue
    from side_a.marts.attribution_credits
    where model = 'linear' and campaign_id is not null
    group by deal_id, campaign_id
),

credited_b as (
    select deal_id, campaign_id, sum(credit) as revenue
    from side_b.marts.attribution_credits
    where model = 'linear' and campaign_id is not null
    group by deal_id, campaign_id
),

pairs_a as (
    select pairs.deal_id, pairs.campaign_id, pairs.is_included, pairs.reason, credited_a.revenue
    from side_a.diagnostics.deal_inclusion as pairs
    left join credited_a
        on pairs.deal_id = credited_a.deal_id and pairs.campaign_id = credited_a.campaign_id
),

pairs_b as (
    select pairs.deal_id, pairs.campaign_id, pairs.is_included, pairs.reason, credited_b.revenue
    from side_b.diagnostics.deal_inclusion as pairs
    left join credited_b
        on pairs.deal_id = credited_b.deal_id and pairs.campaign_id = credited_b.campaign_id
)

select
    coalesce(a.deal_id, b.deal_id) as deal_id,
    coalesce(a.campaign_id, b.campaign_id) as campaign_id,
    a.is_included as is_included_a,
    b.is_included as is_included_b,
    a.reason as reason_a,
    b.reason as reason_b,
    a.revenue as revenue_a,
    b.revenue as revenue_b
from pairs_a as a
full join pairs_b as b on a.deal_id = b.deal_id and a.campaign_id = b.campaign_id
where
    coalesce(a.is_included, false) <> coalesce(b.is_included, false)
    or a.revenue is distinct from b.revenue
    or (a.reason is distinct from b.reason and a.deal_id is not null and b.deal_id is not null)
