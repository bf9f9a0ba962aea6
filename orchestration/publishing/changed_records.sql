-- One row per record and subject: that of its newest version, that of the version that readers
-- have seen, and the campaign that it names beside it.
create or replace temporary table changed_records as
with records as materialized (
    select *, row_number() over () as record
    from changes.changed_records
)

select record, kind, subject, subject_type, subject_id as id from records
union all
select record, kind, subject, seen_subject_type, seen_subject_id from records
where seen_subject_id is not null
union all
select record, kind, 'campaign', null, campaign_id from records
where campaign_id is not null
