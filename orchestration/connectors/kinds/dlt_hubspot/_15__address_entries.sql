-- The history of each contact's address, with the first pull that told it.
select
    filled(object_id) as record_id,
    "value" as email,
    known_instant("timestamp") as changed_at,
    min(_pull) as _pull
from contacts_property_history
where property_name = 'email' and known_instant("timestamp") is not null
    and (not exists (select 1 from finished_loads) or _dlt_load_id in (select load_id from loads))
group by all
