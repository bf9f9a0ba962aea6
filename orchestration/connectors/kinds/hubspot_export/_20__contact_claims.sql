-- What says that a contact was merged into another, the most believed place first.
select
    trim(split_part(item, ':', 1)) as loser_id,
    record_id as winner_id,
    known_instant(split_part(item, ':', 2)) as merged_at,
    2 as place,
    _pull,
    _pulled_at,
    loaded_at
from (select *, unnest(parts(merged_vids)) as item from contact_versions)
union all
select item, record_id, null, 3, _pull, _pulled_at, loaded_at
from (select *, unnest(parts(merged_ids)) as item from contact_versions)
