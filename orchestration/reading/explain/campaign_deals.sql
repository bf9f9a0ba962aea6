select
    inclusion.reason, count(*) as deals, sum(deals.amount_home) as amount_home,
    count(*) filter (where deals.amount_home is null) as without_amount,
    list(inclusion.deal_id order by deals.amount_home desc nulls last, inclusion.deal_id)[:3]
        as examples
from diagnostics.deal_inclusion as inclusion
left join core.fct_deals as deals on inclusion.deal_id = deals.deal_id
where inclusion.campaign_id = ?
group by inclusion.reason order by deals desc, inclusion.reason
