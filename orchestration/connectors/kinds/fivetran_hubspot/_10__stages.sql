-- One row per stage and version.
select
    filled(stage_id) as stage_id,
    filled(pipeline_id) as pipeline_id,
    truth(closed_won) as closed_won,
    truth(is_closed) as is_closed,
    try_cast(probability as double) as probability,
    coalesce(truth(_fivetran_deleted), false) as is_deleted,
    loaded(_fivetran_synced, _pulled_at) as loaded_at,
    _pull,
    _pulled_at
from deal_pipeline_stage
