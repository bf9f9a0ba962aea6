-- A full refresh lands the same files under new numbers: the content tells.
insert into raw.unseen_files by name
select
    files.table_name,
    files.file_id,
    $1::timestamp as readers_as_of
from raw.files
anti join read_parquet(${seen}) as seen
    on files.table_name = seen.table_name and files.content = seen.content
