-- Exports have no stages.
select
    null::varchar as stage_id,
    null::varchar as pipeline_id,
    null::boolean as closed_won,
    null::boolean as is_closed,
    null::double as probability,
    false as is_deleted,
    null::timestamp as loaded_at,
    null::bigint as _pull,
    null::timestamp as _pulled_at
where false
