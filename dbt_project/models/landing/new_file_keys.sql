-- One row per file that landed since the last build, and 0 for files that could not be landed at
-- all.
select files.file_id as file_key
from {{ source('raw', 'files') }} as files
where {{ is_newly_landed('files', 'file_id') }}
union all
select 0 as file_key
