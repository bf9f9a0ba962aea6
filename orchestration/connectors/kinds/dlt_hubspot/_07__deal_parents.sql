-- Rows of deals of whole loads, from the pull that knows the load to be whole.
select
    deals.* exclude (_pull, _pulled_at),
    greatest(deals._pull, loads._pull) as _pull,
    greatest(deals._pulled_at, loads._pulled_at) as _pulled_at
from deals
left join loads on deals._dlt_load_id = loads.load_id
where loads.load_id is not null or not exists (select 1 from finished_loads)
