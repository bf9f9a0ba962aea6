-- Complete looks at a deal's contacts that saw something else than the one before: the others tell
-- nothing.
with looks as (
    select parent_id, _pull, any_value(started_at) as started_at
    from pulls
    where table_name = 'deal_contacts' and is_complete and _pull > getvariable('done')
    group by all
)

select
    looks.parent_id as _key,
    hash(list_sort(list([told.contact_id, told.label]) filter (where told.contact_id is not null)))
        as _said,
    looks.parent_id, looks._pull, any_value(looks.started_at) as started_at
from looks
left join deal_contacts_told as told
    on looks.parent_id = told.parent_id and looks._pull = told._pull
group by looks.parent_id, looks._pull
