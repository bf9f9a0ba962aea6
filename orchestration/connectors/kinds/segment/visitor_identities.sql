-- One row per identify call of a visitor by a contact id.
select
    visitor_id,
    contact_id,
    happened_at as identified_at,
    iso(loaded) as _loaded_at,
    _pull
from identifications
where visitor_id is not null and contact_id is not null
