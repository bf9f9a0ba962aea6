-- One row per business check of the run. Checks run after this is built: publishing fills it.
select
    run_id,
    table_name,
    check_name,
    rule_id,
    says,
    severity,
    passed,
    rows_failing,
    sample,
    cure,
    checked_at
from {{ ref('landed_checks') }}
