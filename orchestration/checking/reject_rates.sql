with fresh as (
    select file_id, table_name, rows_landed from raw.files where published_run_id is null
),

rejected as (
    select fresh.table_name, count(*) as rows
    from landing.landed_rejects as rejects inner join fresh
        on rejects.file_id = fresh.file_id
    where rejects.reason <> ?  -- people who were forgotten are no fault of the files
    group by fresh.table_name
)

select fresh.table_name, sum(fresh.rows_landed), max(rejected.rows)
from fresh inner join rejected on fresh.table_name = rejected.table_name
group by fresh.table_name order by fresh.table_name
