-- What came and is not landed, and why.
select
    'events' as raw_table,
    kind || ' without a time in the export: not landed (' || count(*) || ' rows)' as reason
from recipient_events
where local_instant(told) is null
group by kind
