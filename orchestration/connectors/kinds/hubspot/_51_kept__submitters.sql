-- Which contact made a submission, by form and millisecond, and the first pull that told so.
with told as (
    select id, unnest(parts(form_submissions)) as entry, _pull, _pulled_at
    from fresh_contact_versions
    where form_submissions is not null
)

select
    guid(split_part(entry, ':', 1)) || ':' || behind_colons(entry) as _key,
    '' as _said, guid(split_part(entry, ':', 1)) as form_id,
    behind_colons(entry) as submitted_at,
    arg_min(id, (_pull, id)) as contact_id, min(_pull) as _pull, min(_pulled_at) as _pulled_at
from told
where
    filled(split_part(entry, ':', 1)) is not null
    and behind_colons(entry) is not null
group by all
