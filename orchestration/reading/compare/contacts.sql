-- One row per campaign, metric and contact that one side counts and the other does not, or counts
-- by something else. Changed rows are listed once, from side A.
create temp table contact_differences as
with counted as (
    $counted
)

select
    coalesce(a.campaign_id, b.campaign_id) as campaign_id,
    coalesce(a.metric, b.metric) as metric,
    coalesce(a.contact_id, b.contact_id) as contact_id,
    case
        when b.contact_id is null then 'only A'
        when a.contact_id is null then 'only B'
        else 'changed'
    end as change,
    a.event_id as event_a,
    b.event_id as event_b,
    a.counted_at as counted_at_a,
    b.counted_at as counted_at_b,
    a.value as value_a,
    b.value as value_b
from (select * from counted where side = 'side_a') as a
full join (select * from counted where side = 'side_b') as b
    on a.campaign_id = b.campaign_id
    and a.metric = b.metric
    and a.contact_id = b.contact_id
where
    a.contact_id is null
    or b.contact_id is null
    or a.event_id is distinct from b.event_id
    or a.counted_at is distinct from b.counted_at
    or a.value is distinct from b.value
