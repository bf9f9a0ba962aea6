-- Loads that came to their end, and the first pull that says so.
select filled(load_id) as load_id, min(_pull) as _pull, min(_pulled_at) as _pulled_at
from finished_loads
where trim(status) = '0'
group by filled(load_id)
