-- The history of each contact's address, with the first pull that told it.
select
    filled(contact_id) as record_id,
    "value" as email,
    known_instant("timestamp") as changed_at,
    min(_pull) as _pull
from contact_property_history
where name = 'email' and known_instant("timestamp") is not null
group by all
