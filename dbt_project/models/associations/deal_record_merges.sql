-- One row per merged-away deal that has a record: the next one ahead in its chain that has one
-- (R66). What has none between them is passed over.
with landed_merges as (
    select
        landed.loser_deal_id,
        coalesce(ahead.survivor_deal_id, landed.winner_deal_id) as winner_deal_id
    from {{ ref('stg_deal_merges') }} as landed
    left join {{ ref('deals_ahead') }} as ahead on landed.winner_deal_id = ahead.deal_id
)

select landed.loser_deal_id, landed.winner_deal_id
from landed_merges as landed
inner join {{ ref('stg_deals') }} as losers on landed.loser_deal_id = losers.deal_id
inner join {{ ref('stg_deals') }} as winners on landed.winner_deal_id = winners.deal_id
