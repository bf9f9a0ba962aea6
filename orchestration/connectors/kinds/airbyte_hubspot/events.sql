-- One row per e-mail event, form submission and addition to a static list.
select * from email_events_of('email_events', 'email_hits', 'emails')
union all
select
    if(
        conversion_id is null,
        event_hash('contacts_form_submissions', [form_id, submitted_at, contact_id, page_url]),
        event_id('contacts_form_submissions', conversion_id)
    ),
    'form_submission',
    iso_of(submitted_at),
    'contact:' || with_portal(contact_id),
    with_portal(contact_id),
    null,
    if(form_id is not null, 'form', null),
    with_portal(guid(form_id)),
    page_url,
    null,
    null,
    iso(loaded_at),
    _pull
from contact_submissions
union all
select
    if(
        conversion_id is null,
        event_hash('form_submissions', [form_id, submitted_at, email, page_url]),
        event_id('form_submissions', conversion_id)
    ),
    'form_submission',
    iso_of(submitted_at),
    'contact:' || with_portal(contact_id),
    with_portal(contact_id),
    filled(email),
    if(form_id is not null, 'form', null),
    with_portal(guid(form_id)),
    page_url,
    null,
    null,
    iso(lands_at),
    _pull
from form_hits
union all
select
    event_id(
        'contacts_list_memberships',
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
