-- Won deals of a period: what campaigns, deleted campaigns and no campaign get of them under
-- $model, and how many have no amount in the home currency.
with won as (
    select
        sum(amount_home) as amount,
        count(*) as deals,
        count(*) filter (where amount is not null and amount_home is null) as not_converted
    from core.fct_deals
    where is_closed_won and ${period}
),

credits as (
    select campaign_id, sum(credit) as credit
    from marts.attribution_credits
    where model = $model and ${period}
    group by campaign_id
),

credited as (
    select
        sum(credits.credit) filter (where credits.campaign_id is null) as nobody,
        sum(credits.credit) filter (where live.campaign_id is not null) as live,
        sum(credits.credit) filter (
            where credits.campaign_id is not null and live.campaign_id is null
        ) as deleted
    from credits
    left join marts.campaign_performance as live on credits.campaign_id = live.campaign_id
)

select
    won.*,
    coalesce(credited.nobody, 0) as nobody,
    coalesce(credited.live, 0) as live,
    coalesce(credited.deleted, 0) as deleted
from won
cross join credited
