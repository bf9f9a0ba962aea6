-- One row per number that another system reports, ours beside it (R120): per source, campaign,
-- metric, model and period. Ours is null where we have no such number.
with compared as (
    select
        reported.source,
        reported.campaign_id,
        reported.metric,
        reported.model,
        reported.period_start,
        reported.period_end,
        case
            when not reported.is_known then null
            when reported.has_period then in_period.value
            when reported.metric = 'attributed_revenue' then coalesce(of_all_time.value, 0)
            else of_all_time.value
        end as ours,
        cast(reported.value as double) as reported
    from {{ ref('reported_numbers') }} as reported
    left join {{ ref('own_metrics') }} as of_all_time
        on reported.campaign_id = of_all_time.campaign_id
        and reported.metric = of_all_time.metric
        and (reported.metric <> 'attributed_revenue' or reported.model = of_all_time.model)
    left join {{ ref('own_period_metrics') }} as in_period
        on reported.source = in_period.source
        and reported.campaign_id = in_period.campaign_id
        and reported.metric = in_period.metric
        and reported.model is not distinct from in_period.model
        and reported.period_start is not distinct from in_period.period_start
        and reported.period_end is not distinct from in_period.period_end
)

select
    source,
    campaign_id,
    metric,
    model,
    period_start,
    period_end,
    ours,
    reported,
    ours - reported as difference,
    (ours - reported) / nullif(reported, 0) as share
from compared
