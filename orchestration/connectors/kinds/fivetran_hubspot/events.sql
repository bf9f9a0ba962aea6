-- One row per e-mail event, form submission, addition to a static list, and participation in a
-- marketing event.
select * from email_events_of('email_event', 'email_hits', 'emails')
union all
select
    if(
        filled(conversion_id) is null,
        event_hash('contact_form_submission', [form_id, "timestamp", contact_id, page_url]),
        event_id('contact_form_submission', filled(conversion_id))
    ),
    'form_submission',
    iso_of("timestamp"),
    'contact:' || with_portal(contact_id),
    with_portal(contact_id),
    null,
    if(filled(form_id) is not null, 'form', null),
    with_portal(guid(form_id)),
    filled(page_url),
    null,
    null,
    iso(loaded(_fivetran_synced, _pulled_at)),
    _pull
from contact_form_submission
union all
select * from list_additions_of('contact_list_member', 'list_members', 'lists')
union all
select
    event_id(
        'marketing_event_participant',
        concat_ws(
            ':',
            filled(marketing_event_id),
            filled(contact_id),
            upper(properties_attendance_state),
            iso_of(coalesce(filled(properties_occurred_at), created_at))
        )
    ),
    if(
        upper(properties_attendance_state) = 'REGISTERED',
        'marketing_event_registration',
        'marketing_event_attendance'
    ),
    iso_of(coalesce(filled(properties_occurred_at), created_at)),
    null,
    with_portal(contact_id),
    null,
    'marketing_event',
    with_portal(marketing_event_id),
    null,
    null,
    null,
    iso(loaded(_fivetran_synced, _pulled_at)),
    _pull
from marketing_event_participant
where upper(properties_attendance_state) in ('REGISTERED', 'ATTENDED')
