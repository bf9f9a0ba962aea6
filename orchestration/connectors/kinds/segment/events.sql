-- One row per page view, and per track whose event the source's options name.
select
    event_id('pages', filled(id)) as event_id,
    'page_view' as event_type,
    happened_at as occurred_at,
    filled(anonymous_id) as visitor_id,
    person_contact(user_id) as contact_id,
    person_email(context_traits_email, user_id) as email,
    null as asset_type,
    null as asset_id,
    coalesce(filled(url), filled(context_page_url)) as url,
    coalesce(filled(referrer), filled(context_page_referrer)) as referrer,
    null as is_filtered,
    iso(loaded) as _loaded_at,
    _pull
from (
    select
        *,
        coalesce(
            iso_of("timestamp"), iso_of(original_timestamp),
            iso_of(received_at)
        ) as happened_at,
        coalesce(
            known_instant(uuid_ts), known_instant(received_at), known_instant(loaded_at), _pulled_at
        ) as loaded
    from pages
)
union all
select
    event_id('tracks', id),
    event_type,
    happened_at,
    visitor_id,
    person_contact(user_id),
    coalesce(email, person_email(context_traits_email, user_id)),
    if(form_id is not null, 'form', null),
    with_portal(guid(form_id)),
    filled(context_page_url),
    filled(context_page_referrer),
    null,
    iso(lands_at),
    at_pull
from (
    select hits.*, own.form_id, own.email, hits.loaded as lands_at, hits._pull as at_pull
    from mapped_tracks as hits
    left join own_properties as own on hits.id = own.id and hits._pull >= own._pull
    union all
    -- Again, with the properties of the event's own table where that came later.
    select hits.*, own.form_id, own.email, own._pulled_at, own._pull
    from mapped_tracks as hits
    inner join own_properties as own on hits.id = own.id and hits._pull < own._pull
)
