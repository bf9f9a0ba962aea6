-- What came and is not landed, and why; each thing once, however often it was read.
select
    'events' as raw_table,
    'tracks of other events: not landed ('
    || count(distinct coalesce(filled(id), concat_ws('|', anonymous_id, event, "timestamp")))
    || ' rows)' as reason
from tracks
where coalesce(mapped_event(event_text), mapped_event(event)) is null
having count(*) > 0
union all
select
    'events',
    'tracks without a row in the table of their event: no form (' || count(distinct id) || ' rows)'
from mapped_tracks
anti join own_properties using (id)
-- Others need no form.
where event_type in ('form_submission', 'cta_form_submission')
having count(distinct id) > 0
union all
select
    'visitor_' || if(by_contact_id(), 'identities', 'emails'),
    'identifies without a visitor or a person: not landed ('
    || count(distinct (visitor_id, contact_id, email, happened_at)) || ' rows)'
from identifications
where visitor_id is null or (contact_id is null and email is null)
having count(*) > 0
union all
from identity_gaps()
