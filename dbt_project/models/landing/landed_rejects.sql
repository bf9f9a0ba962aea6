{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={'replaces': {'key': 'file_key', 'changed': ['new_file_keys']}}
) }}
-- One row per rejected record: what the landing step could not accept, and rows whose type is in no
-- seed row.
with unlisted as (
    {{ unlisted_rows('assets') | indent(4) }}
    union all
    {{ unlisted_rows('campaign_asset_log') | indent(4) }}
    union all
    {{ unlisted_rows('ad_metrics') | indent(4) }}
    union all
    {{ unlisted_rows('events') | indent(4) }}
),

rejected as (
    select
        file_id,
        table_name,
        file_name,
        reason,
        record
    from {{ source('raw', 'rejected_rows') }}
    union all
    select
        files.file_id,
        unlisted.table_name,
        files.file_name,
        unlisted.reason,
        unlisted.record
    from unlisted
    inner join {{ source('raw', 'files') }} as files on unlisted._file_id = files.file_id
)

select
    file_id,
    table_name,
    file_name,
    reason,
    record,
    coalesce(file_id, 0) as file_key
from rejected
{{ in_scope('coalesce(file_id, 0)', 'new_file_keys', 'file_key', word='where') }}
