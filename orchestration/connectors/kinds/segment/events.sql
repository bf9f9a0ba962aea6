-- One row per page view, and per track whose event the source's options name.
select
    event_id('pages', filled(id)) as event_id,
    'page_view' as event_type,
    iso(happened_at) as occurred_at,
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
            known_instant("timestamp"), known_instant(original_timestamp), known_instant(received_at)
        ) as happened_at,
        coalesce(
            known_instant(uuid_ts), known_instant(received_at), known_instant(loaded_at), _pulled_at
        ) as loaded
    from pages
)
union all
select
    event_id('tracks', hits.id),
    hits.event_type,
    iso(hits.happened_at),
    hits.visitor_id,
    person_contact(hits.user_id),
    coalesce(own.email, person_email(hits.context_traits_email, hits.user_id)),
    if(own.form_id is not null, 'form', null),
    with_portal(guid(own.form_id)),
    filled(hits.context_page_url),
    filled(hits.context_page_referrer),
    null,
    iso(if(own._pull > hits._pull, own._pulled_at, hits.loaded)),
    greatest(hits._pull, own._pull)
from mapped_tracks as hits
left join own_properties as own on hits.id = own.id
