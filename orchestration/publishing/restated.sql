create or replace temporary table restated as
select
    campaign_id, metric, model, change, old_value, new_value,
    coalesce(new_value, 0) - coalesce(old_value, 0) as difference
from (${number_pairs}) as pairs
where change <> 'changed' or old_value is distinct from new_value
