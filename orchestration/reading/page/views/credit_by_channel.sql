-- Credit of the campaign $key by channel under $model.
select
    channel,
    count(distinct deal_id) as deals,
    count(distinct event_id) as touches,
    sum(credit) as revenue
from marts.attribution_credits
where campaign_id = $key and model = $model and ${period}
group by channel
order by revenue desc, channel
