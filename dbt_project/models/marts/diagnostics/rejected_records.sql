{{ config(materialized='view') }}
-- One row per rejected row or file, with the reason and what would cure it.
select table_name, file_name, reason, record
from {{ ref('landed_rejects') }}
