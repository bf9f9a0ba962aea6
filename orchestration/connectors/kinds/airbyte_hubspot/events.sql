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
select * from list_additions_of('contacts_list_memberships', 'list_members', 'lists')
