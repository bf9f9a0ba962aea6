-- One row per e-mail event that an export dates, and per form submission.
select
    event_hash('email_recipients', [email_id, lower(trim(email)), kind, told]) as event_id,
    kind as event_type,
    local_iso(told) as occurred_at,
    null as visitor_id,
    null as contact_id,
    filled(email) as email,
    if(filled(email_id) is null, null, 'marketing_email') as asset_type,
    with_portal(email_id) as asset_id,
    null as url,
    null as referrer,
    null as is_filtered,
    iso(loaded(file_time, _pulled_at)) as _loaded_at,
    _pull
from recipient_events
where local_instant(told) is not null
union all
select
    event_hash(
        'form_submissions', [form_id, submitted_at, coalesce(filled(email), contact_id), page_url]
    ),
    'form_submission',
    local_iso(submitted_at),
    'contact:' || with_portal(contact_id),
    with_portal(contact_id),
    filled(email),
    if(filled(form_id) is null, null, 'form'),
    with_portal(guid(form_id)),
    filled(page_url),
    null,
    null,
    iso(loaded(file_time, _pulled_at)),
    _pull
from form_submissions
