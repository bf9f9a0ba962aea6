select coalesce(sum(seen.rows_accepted), 0)::bigint as rows
from read_parquet(${seen}) as seen
anti join raw.files as files on seen.table_name = files.table_name and seen.content = files.content
