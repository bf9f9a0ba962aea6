-- One row per business check of the run being built; there are none before the checks have run.
select
    checks.run_id,
    checks.table_name,
    checks.check_name,
    checks.rule_id,
    checks.says,
    checks.severity,
    checks.passed,
    checks.rows_failing,
    checks.sample,
    checks.cure,
    checks.checked_at
from {{ source('raw', 'check_results') }} as checks
inner join {{ source('raw', 'run_context') }} as context on checks.run_id = context.run_id
