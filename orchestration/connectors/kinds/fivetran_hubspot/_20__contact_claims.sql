-- What says that a contact was merged into another, the most believed place first.
select
    filled(vid_to_merge) as loser_id,
    filled(canonical_vid) as winner_id,
    known_instant("timestamp") as merged_at,
    1 as place,
    _pull,
    _pulled_at,
    loaded(_fivetran_synced, _pulled_at) as loaded_at
from contact_merge_audit
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
