-- What came and is not landed, and why.
select 'events' as raw_table, 'other events: not landed (' || count(*) || ' rows)' as reason
from hits
where event_type is null
having count(*) > 0
union all
select
    'events', 'intraday of days that have a table of their own: not landed (' || missing || ' rows)'
from (select (select count(*) from events) - (select count(*) from hits) as missing)
where missing > 0
union all
select 'events', 'intraday hits that their day does not have: filtered (' || count(*) || ' rows)'
from withdrawn
where event_type is not null
having count(*) > 0
