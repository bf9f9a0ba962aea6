-- Tracks whose event the source's options name.
select
    filled(id) as id,
    coalesce(mapped_event(event_text), mapped_event(event)) as event_type,
    filled(anonymous_id) as visitor_id,
    user_id,
    context_traits_email,
    context_page_url,
    context_page_referrer,
    coalesce(
        iso_of("timestamp"), iso_of(original_timestamp), iso_of(received_at)
    ) as happened_at,
    coalesce(
        known_instant(uuid_ts), known_instant(received_at), known_instant(loaded_at), _pulled_at
    ) as loaded,
    _pull
from tracks
where coalesce(mapped_event(event_text), mapped_event(event)) is not null
