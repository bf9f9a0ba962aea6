{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={'replaces': {'key': 'subject_id', 'changed': ['affected_subjects']}}
) }}
-- One row per conversion, subject, event of its path and campaign that the event counts for (R74,
-- R101, R102).
{{ needs('affected_subjects') }}
{{ touches_of_paths(
    ref('conversion_positions'), subject=['conversion', 'subject_id'],
    carried=['converted_at', 'amount_cents', 'credit_millionths'], changed='affected_subjects'
) }}
