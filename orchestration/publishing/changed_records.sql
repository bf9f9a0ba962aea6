insert into temp.changed_records
with fresh as (
    select * from raw.${table}
    where
        _file_id in (
            select file_id from temp.fresh_files
            where table_name = ${name}
        ) and ${listed}
    ${newest}
),

seen as (
    select * from raw.${table} semi join fresh using (${key})
    where
        _file_id not in (
            select file_id from temp.fresh_files
            where table_name = ${name}
        ) and ${listed}
    ${newest}
),

before as (select ${key}, struct_pack(${record}) as record from seen),
now as (
    select ${columns}, struct_pack(${record}) as record from (select *
        from fresh
        union all by name
        select *
        from seen) as versions ${newest}
)
select
    row_number() over () + (select count(*) from temp.changed_records),
    ${kind},
    ${subject},
    ${subject_type},
    ${subject_id}
from now left join before using (${key})
where before.record is distinct from now.record
