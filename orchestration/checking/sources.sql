insert into checks.sources
select
    ${name},
    newest,
    greatest(date_diff('day', newest, ${as_of}) - ${days}, 0)
from (select max(_loaded_at) as newest from raw.${table})
where newest is not null
