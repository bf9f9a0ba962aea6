-- What came and is not landed, and why; each thing once, however often it was read.
select
    'events' as raw_table,
    'other events: not landed ('
    || count(distinct coalesce(id, concat_ws('|', visitor_id, happened_at, url))) || ' rows)'
        as reason
from hits
where event_type is null
having count(*) > 0
union all
from identity_gaps()
