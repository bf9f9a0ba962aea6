{{ config(materialized='view') }}
-- One row per run, campaign, metric and model whose published number that run changed. This is its
-- shape, without rows: they are known once a run is published, from what readers saw before and see
-- then (orchestration/publishing/restatements.py).
select
    cast(null as string) as run_id,
    cast(null as string) as previous_run_id,
    revenue.campaign_id,
    cast(null as string) as metric,
    revenue.model,
    cast(null as string) as change,
    cast(null as decimal(38, 6)) as old_value,
    cast(null as decimal(38, 6)) as new_value,
    cast(null as decimal(38, 6)) as difference,
    cast(null as string) as campaign_causes,
    cast(null as string) as run_causes
from {{ ref('attributed_revenue') }} as revenue
inner join {{ ref('campaign_performance') }} as performance
    on revenue.campaign_id = performance.campaign_id
where 1 = 0
