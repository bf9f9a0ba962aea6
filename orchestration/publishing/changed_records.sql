create or replace temporary table changed_records as
select
    row_number() over () as record,
    kind,
    subject,
    subject_type,
    subject_id as id
from changes.changed_records
