-- One row per deal whose own values differ: what of them, the first that does.
create temp table changed_deals as
select
    coalesce(a.deal_id, b.deal_id) as deal_id,
    case -- noqa: LT02
        when a.deal_id is null or b.deal_id is null then 'DEAL_MISSING'
        when $merged_a is distinct from $merged_b then 'DEAL_MERGED'
        when a.is_deleted <> b.is_deleted then 'DEAL_DELETED'
        when a.is_closed_won <> b.is_closed_won then 'DEAL_WON'
        when
            a.amount is distinct from b.amount or a.currency is distinct from b.currency
            then 'DEAL_AMOUNT'
        when
            a.created_at is distinct from b.created_at or a.closed_at is distinct from b.closed_at
            then 'DEAL_TIMES'
        when a.amount_home is distinct from b.amount_home then 'EXCHANGE_RATE'
    end as reason
from side_a.core.fct_deals as a
full join side_b.core.fct_deals as b on a.deal_id = b.deal_id
where reason is not null
