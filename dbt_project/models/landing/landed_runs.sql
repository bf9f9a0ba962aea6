-- One row per run of this warehouse, the one being built included.
select run_id, as_of, started_at, finished_at, status, rows_landed, rows_accepted, rows_rejected
from {{ source('raw', 'runs') }}
