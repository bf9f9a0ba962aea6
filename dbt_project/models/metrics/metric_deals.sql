-- One row per deal, campaign and model that gives it credit: the deal's full amount (R63, R83), and
-- the campaign's place among those of the deal; and one of 0, without a deal, per campaign that is
-- not deleted (R01).
-- The place is written as a day because the one thing that lets a metric count a deal once, a
-- non-additive dimension, must be a time.
with campaigns_of_deals as (
    select
        deal_id,
        campaign_id,
        model,
        max(counted_on) as counted_on,
        bool_or(is_reported) as is_reported,
        row_number() over (partition by deal_id, model order by campaign_id nulls last) as place
    from {{ ref('metric_credits') }}
    group by deal_id, campaign_id, model
),

valued as (
    select
        campaigns_of_deals.deal_id,
        campaigns_of_deals.campaign_id,
        campaigns_of_deals.model,
        campaigns_of_deals.counted_on,
        deals.amount_home,
        campaigns_of_deals.is_reported,
        campaigns_of_deals.place
    from campaigns_of_deals
    inner join {{ ref('deals') }} as deals on campaigns_of_deals.deal_id = deals.deal_id
    union all
    select
        null as deal_id,
        campaign_id,
        null as model,
        {{ portal_date('created_at') }} as counted_on,
        0 as amount_home,
        true as is_reported,
        1 as place
    from {{ ref('campaigns') }}
    where not is_deleted
)

select
    valued.deal_id,
    valued.campaign_id,
    valued.model,
    campaigns.owner,
    valued.counted_on,
    cast(valued.amount_home as decimal(18, 2)) as amount_home,
    valued.is_reported,
    cast(date '2000-01-01' + cast(valued.place as integer) as date) as place
from valued
left join {{ ref('campaigns') }} as campaigns on valued.campaign_id = campaigns.campaign_id
