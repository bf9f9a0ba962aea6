-- How many campaigns and rejected rows there are, and a deal to explain: one that persuades has few
-- touches of several campaigns.
with counted as (
    select deal_id
    from diagnostics.deal_status
    where status = 'COUNTED'
    order by deal_id
    limit 100
),

persuading as (
    select deal_id
    from marts.attribution_credits
    where
        model = 'linear'
        and campaign_id is not null
        and deal_id in (select counted.deal_id from counted)
    group by deal_id
    order by abs(count(distinct event_id) - 6), count(distinct campaign_id) desc, deal_id
    limit 1
)

select
    (select count(*) from marts.campaign_performance) as campaigns,
    (select count(*) from diagnostics.rejected_records) as rejected,
    coalesce(
        (select deal_id from persuading),
        (select max(deal_id) from core.fct_deals)
    ) as deal_id
