-- One row per campaign, contact whom it influenced and step that the contact reached: 1
-- influenced, 2 did something that can earn revenue, 3 is on a deal, won or not, 4 brought
-- revenue. Each step is among the people of the step before. The home of the funnel: the report
-- and Superset read it.
with earning as (
    select distinct campaign_id, contact_id
    from core.fct_campaign_interactions
    where earns_revenue
),

on_deals as (
    select distinct contacts.contact_id
    from core.fct_deal_contacts as contacts
    inner join core.fct_deals as deals on contacts.deal_id = deals.deal_id
    where not coalesce(deals.is_deleted, false)
),

people as (
    select
        influenced.campaign_id,
        influenced.contact_id,
        influenced.influenced_at,
        earning.contact_id is not null or revenue.contact_id is not null as can_earn,
        on_deals.contact_id is not null or revenue.contact_id is not null as is_on_deal,
        revenue.contact_id is not null as has_revenue
    from marts.influenced_contacts as influenced
    left join earning
        on influenced.campaign_id = earning.campaign_id
        and influenced.contact_id = earning.contact_id
    left join on_deals on influenced.contact_id = on_deals.contact_id
    left join marts.revenue_contacts as revenue
        on influenced.campaign_id = revenue.campaign_id
        and influenced.contact_id = revenue.contact_id
)

select campaign_id, contact_id, influenced_at, 1 as position from people
union all
select campaign_id, contact_id, influenced_at, 2 as position from people
where can_earn
union all
select campaign_id, contact_id, influenced_at, 3 as position from people
where can_earn and is_on_deal
union all
select campaign_id, contact_id, influenced_at, 4 as position from people
where has_revenue
