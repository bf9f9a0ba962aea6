-- Who was added to which static list, as the first pull told it.
select
    event_id('list_addition', rows.parent_id || ':' || rows.id || ':' || coalesce(told_at, ''))
        as _key,
    '' as _said, rows.parent_id as list_id, rows.id as contact_id,
    known_instant(told_at) as occurred_at, rows._pull, rows._pulled_at
from (
    select *, filled(json_extract_string(payload, '$.membershipTimestamp')) as told_at
    from fresh_list_members
    where filled(id) is not null
) as rows
asof left join list_versions
    on rows.parent_id = list_versions.id and rows._pull >= list_versions._pull
inner join _pulls as numbers on rows._pull = numbers._pull
where
    coalesce(list_versions.is_static, true)
    and (numbers.since is null or known_instant(told_at) >= numbers.since)
qualify row_number() over (partition by _key order by rows._pull) = 1
