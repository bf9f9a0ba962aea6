-- One row per page view, and per event whose name the source's options name.
select
    id as event_id,
    event_type,
    happened_at as occurred_at,
    visitor_id,
    contact_id,
    email,
    if(form_id is not null, 'form', null) as asset_type,
    with_portal(guid(form_id)) as asset_id,
    url,
    filled(referrer) as referrer,
    if(is_internal, 'true', null) as is_filtered,
    iso(loaded) as _loaded_at,
    _pull
from (select * from hits union all select * from withdrawn)
where event_type is not null
