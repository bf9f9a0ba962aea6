-- One row per stage and version; its metadata says whether it is closed, and its probability.
select
    coalesce(
        json_extract_string(stage, '$.stageId'), json_extract_string(stage, '$.id')
    ) as stage_id,
    pipeline_id,
    null::boolean as closed_won,
    truth(json_extract_string(stage, '$.metadata.isClosed')) as is_closed,
    try_cast(json_extract_string(stage, '$.metadata.probability') as double) as probability,
    false as is_deleted,
    loaded_at,
    _pull,
    _pulled_at
from (
    select
        coalesce(
            value_of(pipelineid, _airbyte_data, '$.pipelineId'),
            value_of(id, _airbyte_data, '$.id')
        ) as pipeline_id,
        unnest(json_items(value_of(stages, _airbyte_data, '$.stages'))) as stage,
        airbyte_time(_airbyte_extracted_at, _airbyte_emitted_at, _pulled_at) as loaded_at,
        _pull,
        _pulled_at
    from deal_pipelines
)
