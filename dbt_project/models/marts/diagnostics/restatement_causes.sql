{{ config(materialized='view') }}
-- One row per run that changed published numbers and kind of what had changed since (of a variable
-- or rule file, each). This is its shape, without rows, like that of restatements.
select
    run_id,
    cast(null as string) as kind,
    cast(null as string) as detail,
    cast(null as bigint) as changes
from {{ ref('restatements') }}
where 1 = 0
