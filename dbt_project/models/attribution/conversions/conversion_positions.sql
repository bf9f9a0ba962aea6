{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={'replaces': {'key': 'subject_id', 'changed': ['affected_subjects']}}
) }}
-- One row per conversion, subject and event of its path: the positions it holds (R101, R102, R112).
{{ needs('affected_subjects') }}
{{ path_positions(
    ref('conversion_paths'), ref('conversion_contacts'), subject=['conversion', 'subject_id'],
    carried=['converted_at', 'amount_cents', 'credit_millionths'], lead_until='lead_until'
) }}
