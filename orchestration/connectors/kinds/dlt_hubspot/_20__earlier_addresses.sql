-- Addresses that a contact had, with the pull that shows that it has another now.
with entries as (
    select
        filled(object_id) as record_id,
        "value" as email,
        known_instant("timestamp") as changed_at,
        min(_pull) as _pull
    from contacts_property_history
    where property_name = 'email' and known_instant("timestamp") is not null
        and (not exists (select 1 from _dlt_loads) or _dlt_load_id in (select load_id from loads))
    group by all
),

-- As the entry's own pull knew it; and the pull that first had a later entry.
placed as (
    select
        entries.record_id, entries.email, entries.changed_at, entries._pull,
        coalesce(bool_or(later._pull <= entries._pull), false) as is_earlier,
        min(later._pull) as replaced_in
    from entries
    left join entries as later
        on entries.record_id = later.record_id and entries.changed_at < later.changed_at
    group by all
),

first_versions as (
    select record_id, email, _pull from contact_versions
    qualify row_number() over (partition by record_id order by _pull, loaded_at desc) = 1
)

select
    placed.record_id,
    placed.email,
    placed.changed_at,
    case
        when placed.is_earlier or coalesce(placed.email, '') != coalesce(first_versions.email, '')
            then greatest(placed._pull, first_versions._pull)
        else greatest(placed.replaced_in, first_versions._pull)
    end as _pull
from placed
inner join first_versions on placed.record_id = first_versions.record_id
where
    placed.is_earlier
    or coalesce(placed.email, '') != coalesce(first_versions.email, '')
    or placed.replaced_in is not null
