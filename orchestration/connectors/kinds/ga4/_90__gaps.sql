-- What came and is not landed, and why; each thing once, however often it was read.
select
    'events' as raw_table,
    'other events: not landed (' || count(distinct id) || ' rows)' as reason
from hits
where event_type is null
having count(*) > 0
union all
select
    'events',
    'intraday of days that have a table of their own: not landed (' || count(*) || ' rows)'
from (
    select right(_table, 8) as day, min(_pull) as _pull
    from events
    where contains(lower(_table), 'intraday')
    group by
        day, user_pseudo_id, event_timestamp, event_name, event_bundle_sequence_id, batch_page_id,
        batch_ordering_id, batch_event_index, event_params, param_page_location, page_location
) as intraday
inner join days on intraday.day = days.day and intraday._pull >= days._pull
having count(*) > 0
union all
select
    'events',
    'intraday hits that their day does not have: filtered (' || count(distinct id) || ' rows)'
from withdrawn
where
    event_type is not null
    -- A day is delivered again, and may have the hit then.
    and id not in (select hits.id from hits where not hits.is_intraday)
having count(*) > 0
union all
from identity_gaps()
