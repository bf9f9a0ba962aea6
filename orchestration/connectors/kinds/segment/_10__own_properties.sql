-- What the event's own table has of a track, as it first came.
select
    filled(id) as id,
    filled(form_id) as form_id,
    filled(email) as email,
    _pull,
    _pulled_at
from own_events
where filled(id) is not null
qualify row_number() over (partition by filled(id) order by _pull, _load, _row) = 1
