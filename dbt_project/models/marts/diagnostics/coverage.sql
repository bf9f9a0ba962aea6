-- One row per configured source and raw table.
select
    source,
    raw_table,
    cast(rows as bigint) as rows,
    oldest,
    newest,
    cast(not_exact as double) as not_exact,
    reason
from {{ ref('landed_coverage') }}
