create or replace temporary table earned as
with credits as (
    select * from marts.attribution_credits
    where model = 'linear'
),

through as (
    ${through}
    and counted.event_id in (select event_id from credits)
)

select
    through.asset_type, through.asset_id,
    sum(credits.credit) as revenue,
    count(distinct credits.deal_id) as deals
from credits
inner join through
    on credits.event_id = through.event_id
    and credits.campaign_id = through.campaign_id
group by all
