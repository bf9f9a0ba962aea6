{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={'replaces': {'key': none}}
) }}
-- One row per conversion and subject that has had a contact: the whole number that its path has for
-- as long as the tables are not all built anew. Positions, touches and credits are joined, sorted
-- and kept by it, not by texts.
with subjects as (
    select 'deal_won' as conversion, deal_id as subject_id
    from {{ ref('deal_path_contacts') }}
    union
    select conversion, subject_id
    from {{ ref('conversion_contacts') }}
),

known as (
    {%- if is_increment() %}
    select conversion, subject_id, path_number
    from {{ this }}
    {%- else %}
        select conversion, subject_id, cast(0 as bigint) as path_number
        from subjects
        where 1 = 0
    {%- endif %}
),

met as (
    select subjects.conversion, subjects.subject_id
    from subjects
    left join known
        on subjects.conversion = known.conversion and subjects.subject_id = known.subject_id
    where known.path_number is null
),

last_known as (
    select coalesce(max(path_number), 0) as path_number
    from known
)

select conversion, subject_id, path_number
from known
union all
select
    met.conversion,
    met.subject_id,
    last_known.path_number
    + row_number() over (order by met.conversion, met.subject_id) as path_number
from met
cross join last_known
