-- One row per event of a visitor, whatever the event, by an address.
select
    visitor_id,
    email,
    happened_at as identified_at,
    iso(loaded) as _loaded_at,
    _pull
from hits
where visitor_id is not null and email is not null
