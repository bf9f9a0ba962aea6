-- One row per landed file and column with optional values that could not be read; the rows were
-- accepted, without the values.
select
    unread.file_id, unread.table_name, unread.file_name, unread.column_name, unread.rows,
    unread.examples
from {{ source('raw', 'unread_values') }} as unread
