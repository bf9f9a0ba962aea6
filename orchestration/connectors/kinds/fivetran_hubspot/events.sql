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
select
    event_id(
        'contact_list_member',
        members.list_id || ':' || members.contact_id || ':'
        || coalesce(iso_of(members.added_at), '')
    ),
    'list_addition',
    iso_of(members.added_at),
    null,
    with_portal(members.contact_id),
    null,
    'static_list',
    with_portal(members.list_id),
    null,
    null,
    null,
    iso(members.loaded_at),
    members._pull
from list_members as members
asof left join lists on members.list_id = lists.list_id and members._pull >= lists._pull
-- A list that nothing describes passes.
where coalesce(lists.is_static, true) and coalesce(lists.has_contacts, true)
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
