create table checks.unread as
select
    unread.table_name, unread.column_name,
    cast(sum(unread.rows) as bigint) as rows_unread, max(landed.rows_landed) as rows_landed
from raw.unread_values as unread
inner join raw.files as files on unread.file_id = files.file_id
inner join (
    select table_name, cast(sum(rows_landed) as bigint) as rows_landed
    from raw.files where published_run_id is null group by table_name
) as landed on unread.table_name = landed.table_name
where files.published_run_id is null
group by unread.table_name, unread.column_name
