-- One row per list and pull that described it: whether it is a static list of contacts.
with told as (
    select
        id, _pull, _pulled_at, kind, payload,
        upper(json_extract_string(payload, '$.processingType')) as processing,
        coalesce(filled(json_extract_string(payload, '$.objectTypeId')), '0-1') as object_type
    from last_of_pull('fresh_lists')
)

select
    id, _pull, _pulled_at, kind, filled(json_extract_string(payload, '$.name')) as list_name,
    known_instant(json_extract_string(payload, '$.createdAt')) as created_at,
    coalesce(processing in ('SNAPSHOT', 'MANUAL'), false) and object_type = '0-1' as is_static,
    filled(json_extract_string(payload, '$.deletedAt')) is not null as is_deleted
from told
