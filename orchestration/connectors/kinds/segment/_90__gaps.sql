-- What came and is not landed, and why.
select
    'events' as raw_table, 'tracks of other events: not landed (' || count(*) || ' rows)' as reason
from tracks
where coalesce(mapped_event(event_text), mapped_event(event)) is null
having count(*) > 0
union all
select
    'visitor_' || if(by_contact_id(), 'identities', 'emails'),
    'identifies without a visitor or a person: not landed (' || count(*) || ' rows)'
from identifications
where visitor_id is null or (contact_id is null and email is null)
having count(*) > 0
