select
    status.status, count(*) as deals,
    count(*) filter (where deals.is_closed_won) as won,
    sum(deals.amount_home) filter (where deals.is_closed_won) as amount,
    count(*) filter (
        where deals.is_closed_won and deals.amount is not null
        and deals.amount_home is null
    ) as not_converted
from diagnostics.deal_status as status
left join core.fct_deals as deals on status.deal_id = deals.deal_id
group by
    1 order by status.status = 'COUNTED' desc, amount desc nulls last, won desc,
deals desc, status.status
