-- What came and is not landed, and why.
select 'events' as raw_table, 'other events: not landed (' || count(*) || ' rows)' as reason
from hits
where event_type is null
having count(*) > 0
