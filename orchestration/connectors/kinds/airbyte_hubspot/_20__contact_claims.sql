-- What says that a contact was merged into another, the most believed place first.
select
    value_of("vid-to-merge", _airbyte_data, '$."vid-to-merge"') as loser_id,
    value_of("canonical-vid", _airbyte_data, '$."canonical-vid"') as winner_id,
    known_instant(value_of("timestamp", _airbyte_data, '$.timestamp')) as merged_at,
    1 as place,
    _pull,
    _pulled_at,
    airbyte_time(_airbyte_extracted_at, _airbyte_emitted_at, _pulled_at) as loaded_at
from contacts_merged_audit
union all
select
    trim(split_part(item, ':', 1)),
    record_id,
    known_instant(split_part(item, ':', 2)),
    2,
    _pull,
    _pulled_at,
    loaded_at
from (select *, unnest(parts(merged_vids)) as item from contact_versions)
union all
select item, record_id, null, 3, _pull, _pulled_at, loaded_at
from (select *, unnest(parts(merged_ids)) as item from contact_versions)
