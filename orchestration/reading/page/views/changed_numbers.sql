-- Numbers that the runs of a period changed under $model: before the first, after the last, and the
-- causes of the last one.
with changed as (
    select changes.*
    from diagnostics.restatements as changes
    inner join diagnostics.run_log as runs on changes.run_id = runs.run_id
    where ${period}
),

net as (
    select
        campaign_id,
        metric,
        model,
        -- In a struct, as a null would let another run answer: what was unknown, or no causes.
        arg_min(
            struct_pack(number := case when change = 'appeared' then 0 else old_value end), run_id
        ).number as before,
        arg_max(
            struct_pack(number := case when change = 'vanished' then 0 else new_value end), run_id
        ).number as now,
        count(*) as runs,
        arg_max(
            struct_pack(campaign_causes := campaign_causes, run_causes := run_causes), run_id
        ) as last
    from changed
    where model is null or model = $model
    group by campaign_id, metric, model
)

select
    net.*,
    net.now - net.before as difference,
    campaigns.campaign_name
from net
left join core.dim_campaigns as campaigns on net.campaign_id = campaigns.campaign_id
where net.now is distinct from net.before
order by net.campaign_id, net.model nulls first, net.metric
limit 500
