-- Form submissions, each as the first pull told it.
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
    from fresh_form_submissions
),

with_id as (
    select
        *,
        case
            when conversion_id is not null then event_id('form_submission', conversion_id)
            else event_hash('form_submission', [form_id, submitted_at, email, url])
        end as event_id
    from told
)

select
    with_id.event_id as _key, '' as _said, with_id.* exclude (_load, _row)
from with_id
inner join _pulls as numbers on with_id._pull = numbers._pull
where numbers.since is null or known_instant(submitted_at) >= numbers.since
qualify row_number() over (partition by with_id.event_id order by with_id._pull, _load, _row) = 1
