-- One row per run of this warehouse.
select run_id, as_of, started_at, finished_at, status, rows_landed, rows_accepted, rows_rejected
from {{ ref('landed_runs') }}
