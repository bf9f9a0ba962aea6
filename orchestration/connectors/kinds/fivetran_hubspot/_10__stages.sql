-- One row per stage and version.
select
    filled(stage_id) as stage_id,
    filled(pipeline_id) as pipeline_id,
    truth(closed_won) as closed_won,
    truth(is_closed) as is_closed,
    try_cast(probability as double) as probability,
    coalesce(
        version_deleted(_fivetran_active, is_newest, truth_text(_fivetran_deleted)) = 'true', false
    ) as is_deleted,
    version_loaded(
        _fivetran_active, is_newest, _fivetran_start, _fivetran_synced, _pulled_at
    ) as loaded_at,
    _pull,
    _pulled_at
from (
    select
        *, is_newest_version((pipeline_id, stage_id), _fivetran_start, _pull) as is_newest
    from deal_pipeline_stage
)
