select
    changed.campaign_id, campaigns.campaign_name, changed.metric,
    sum(changed.difference) as difference,
    list(distinct changed.run_id || '|' || changed.campaign_causes) as causes
from diagnostics.restatements as changed
left join core.dim_campaigns as campaigns on changed.campaign_id = campaigns.campaign_id
where
    changed.model is null and changed.run_id in (${recent})
    and list_contains(?, changed.metric)
group by all
having sum(changed.difference) <> 0
order by changed.campaign_id, changed.metric
