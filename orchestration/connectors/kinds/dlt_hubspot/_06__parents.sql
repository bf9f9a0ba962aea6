-- Rows of contacts of whole loads, from the pull that knows the load to be whole.
select
    contacts.* exclude (_pull, _pulled_at),
    greatest(contacts._pull, loads._pull) as _pull,
    greatest(contacts._pulled_at, loads._pulled_at) as _pulled_at
from contacts
left join loads on contacts._dlt_load_id = loads.load_id
-- A database without _dlt_loads, or files of it, has nothing to hold a row back.
where loads.load_id is not null or not exists (select 1 from finished_loads)
