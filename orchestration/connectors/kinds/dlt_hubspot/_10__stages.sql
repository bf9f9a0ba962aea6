-- One row per stage and version; its metadata says whether it is closed, and its probability.
select
    coalesce(filled(stages.stage_id), filled(stages.id)) as stage_id,
    coalesce(filled(pipelines.pipeline_id), filled(pipelines.id)) as pipeline_id,
    null::boolean as closed_won,
    truth(stages.metadata__is_closed) as is_closed,
    try_cast(stages.metadata__probability as double) as probability,
    false as is_deleted,
    stages._pulled_at as loaded_at,
    stages._pull,
    stages._pulled_at
from pipelines_deals__stages as stages
left join (
    select * from pipelines_deals
    qualify row_number() over (partition by _dlt_id order by _pull) = 1
) as pipelines
    on stages._dlt_parent_id = pipelines._dlt_id and pipelines._pull <= stages._pull
