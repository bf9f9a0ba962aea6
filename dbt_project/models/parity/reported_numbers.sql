{{ config(materialized='view') }}
-- One row per number that another system reports (R120): whether it has a period, and whether we
-- have such a number.
with known_campaigns as (
    select campaign_id from {{ ref('campaigns') }}
    union
    select campaign_id from {{ ref('association_attempts') }}
)

select
    reported.*,
    reported.period_start is not null or reported.period_end is not null as has_period,
    case
        -- Credit is asked of every campaign that we know, deleted or not, under a model that
        -- we have; all other numbers are those of campaign_performance.
        when reported.metric = 'attributed_revenue'
            then known.campaign_id is not null and models.model is not null
        else performance.campaign_id is not null
    end as is_known
from {{ ref('stg_reported_metrics') }} as reported
left join known_campaigns as known on reported.campaign_id = known.campaign_id
left join {{ ref('attribution_models') }} as models on reported.model = models.model
left join {{ ref('campaign_performance') }} as performance
    on reported.campaign_id = performance.campaign_id
