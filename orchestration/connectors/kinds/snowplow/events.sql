-- One row per page view, and per event whose name the source's options name.
select
    event_id('events', id) as event_id,
    event_type,
    happened_at as occurred_at,
    visitor_id,
    contact_id,
    email,
    if(form_id is not null, 'form', null) as asset_type,
    with_portal(guid(form_id)) as asset_id,
    url,
    referrer,
    is_robot as is_filtered,
    iso(loaded) as _loaded_at,
    _pull
from hits
where event_type is not null
