-- One row per stage and version.
select
    filled(stage_id) as stage_id,
    filled(pipeline_id) as pipeline_id,
    truth(closed_won) as closed_won,
    truth(is_closed) as is_closed,
    try_cast(probability as double) as probability,
    coalesce(is_gone = 'true', false) as is_deleted,
    known_at as loaded_at,
    _pull,
    _pulled_at
from fivetran_versions('deal_pipeline_stage', (pipeline_id, stage_id))
