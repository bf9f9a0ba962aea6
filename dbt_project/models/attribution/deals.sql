{{ config(meta={'kept_before': true}) }}
-- One row per deal: its amount in the home currency (R65), and the first reason of its own for
-- which it counts for no campaign (R60, R66, R94).
with valued as (
    select
        deals.*,
        survivors.survivor_deal_id as merged_into,
        {{ home_amount('deals.amount', 'deals.currency') }} as amount_home
    from {{ ref('stg_deals') }} as deals
    left join {{ ref('deal_survivors') }} as survivors
        on deals.deal_id = survivors.deal_id and deals.deal_id <> survivors.survivor_deal_id
    {{ join_rates('deals.currency', portal_date('deals.closed_at')) }}
)

select
    deal_id,
    deal_name,
    pipeline,
    stage,
    is_closed_won,
    amount,
    currency,
    amount_home,
    created_at,
    closed_at,
    is_deleted,
    merged_into,
    case
        when merged_into is not null then 'DEAL_MERGED'
        when is_deleted then 'DEAL_DELETED'
        when not is_closed_won then 'NOT_CLOSED_WON'
        when amount is null or amount <= 0 then 'AMOUNT_NOT_POSITIVE'
        when created_at is null then 'NO_CREATED_TIME'
        when closed_at is null then 'NO_CLOSE_TIME'
        when amount_home is null then 'NO_EXCHANGE_RATE'
    end as deal_reason
from valued
