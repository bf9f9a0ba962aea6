{{ config(materialized='view') }}
-- One row per landed file and column with values that could not be read and were left empty.
select table_name, file_name, column_name, rows, examples
from {{ ref('landed_unread_values') }}
