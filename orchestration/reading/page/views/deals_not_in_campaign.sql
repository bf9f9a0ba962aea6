-- Deals that the campaign $key does not get, by reason.
select
    inclusion.reason,
    count(*) as number,
    sum(deals.amount_home) as amount
from diagnostics.deal_inclusion as inclusion
left join core.fct_deals as deals on inclusion.deal_id = deals.deal_id
where inclusion.campaign_id = $key and not inclusion.is_included
group by inclusion.reason
order by number desc, inclusion.reason
