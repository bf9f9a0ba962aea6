-- One row per form submission: as the first pull told it, and once more where a later pull first
-- knew the contact.
with told as (
    select
        guid(parent_id) as form_id, filled(id) as conversion_id, _pull, _pulled_at,
        filled(json_extract_string(payload, '$.submittedAt')) as submitted_at,
        filled(json_extract_string(payload, '$.pageUrl')) as url,
        filled(list_extract(
            list_transform(
                list_filter(
                    json_extract(payload, '$.values[*]'),
                    lambda field: lower(json_extract_string(field, '$.name')) = 'email'
                        and coalesce(json_extract_string(field, '$.objectTypeId'), '0-1') = '0-1'
                ),
                lambda field: json_extract_string(field, '$.value')
            ), 1
        )) as email,
        _load, _row
    from form_submissions
),

with_id as (
    select
        *,
        case
            when conversion_id is not null then event_id('form_submission', conversion_id)
            else event_hash('form_submission', [form_id, submitted_at, email, url])
        end as event_id
    from told
),

events as (
    select * from with_id
    qualify row_number() over (partition by event_id order by _pull, _load, _row) = 1
)

select
    events.* exclude (_load, _row),
    case when submitters._pull <= events._pull then submitters.contact_id end as contact_id
from events
left join submitters using (form_id, submitted_at)
union all
select
    events.* exclude (_load, _row) replace (
        submitters._pull as _pull, submitters._pulled_at as _pulled_at
    ),
    submitters.contact_id
from events
inner join submitters using (form_id, submitted_at)
where submitters._pull > events._pull
