-- One row per configured source and raw table, as the newest pull and translation left it.
select
    source,
    raw_table,
    rows,
    oldest,
    newest,
    not_exact,
    reason
from {{ source('raw', 'coverage') }}
