-- Days that have a table of their own, and the first pull that had it.
select
    right(_table, 8) as day, min(_pull) as _pull,
    arg_min(loaded(_fivetran_synced, _pulled_at), _pull) as loaded
from events
where regexp_matches(lower(_table), '_[0-9]{8}$') and not contains(lower(_table), 'intraday')
group by right(_table, 8)
