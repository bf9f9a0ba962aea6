-- One row per asset that ad networks report on: its figures of all time (R81), spend in the home
-- currency.
with valued as (
    select
        metrics.asset_type,
        metrics.asset_id,
        metrics.impressions,
        metrics.clicks,
        case
            when metrics.spend is null then cast(0 as decimal(18, 2))
            else {{ home_amount('metrics.spend', 'metrics.currency') }}
        end as spend_home
    from {{ ref('stg_ad_metrics') }} as metrics
    {{ join_rates('metrics.currency', 'metrics.metric_date') }}
)

select
    asset_type,
    asset_id,
    cast(coalesce(sum(impressions), 0) as bigint) as ad_impressions,
    cast(coalesce(sum(clicks), 0) as bigint) as ad_clicks,
    {{ sum_or_unknown('spend_home') }} as ad_spend
from valued
group by asset_type, asset_id
