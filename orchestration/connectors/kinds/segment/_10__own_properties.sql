-- What the event's own table has of a track.
select
    filled(id) as id,
    max(filled(form_id)) as form_id,
    max(filled(email)) as email,
    min(_pull) as _pull,
    min(_pulled_at) as _pulled_at
from own_events
where filled(id) is not null
group by filled(id)
