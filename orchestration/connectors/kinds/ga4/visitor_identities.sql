-- One row per event of a visitor, whatever the event, by a contact id.
select
    visitor_id,
    contact_id,
    happened_at as identified_at,
    iso(loaded) as _loaded_at,
    _pull
from hits
where visitor_id is not null and contact_id is not null
