-- Whose submission it was, by form and millisecond: hs_calculated_form_submissions, form:time;….
select
    guid(split_part(item, ':', 1)) as form_id,
    epoch_ms(instant_of(behind_colons(item))) as millisecond,
    record_id as contact_id,
    arg_min(lower(trim(email)), (_pull, loaded_at)) as email,
    min(_pull) as _pull,
    min(_pulled_at) as _pulled_at
from (select *, unnest(parts(form_submissions)) as item from contact_versions)
where instant_of(behind_colons(item)) is not null
group by 1, 2, 3
