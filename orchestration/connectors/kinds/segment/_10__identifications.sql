-- Identify calls.
select
    filled(anonymous_id) as visitor_id,
    person_contact(user_id) as contact_id,
    person_email(coalesce(filled(email), context_traits_email), user_id) as email,
    coalesce(
        iso_of("timestamp"), iso_of(original_timestamp), iso_of(received_at)
    ) as happened_at,
    coalesce(
        known_instant(uuid_ts), known_instant(received_at), known_instant(loaded_at), _pulled_at
    ) as loaded,
    _pull
from identifies
