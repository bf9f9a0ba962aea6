-- One row per identify call of a visitor by an address.
select
    visitor_id,
    email,
    happened_at as identified_at,
    iso(loaded) as _loaded_at,
    _pull
from identifications
where visitor_id is not null and email is not null
