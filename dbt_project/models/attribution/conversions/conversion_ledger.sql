{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={'replaces': {'key': 'subject_id', 'changed': ['affected_subjects']}}
) }}
-- One row per conversion, subject, event of its path, campaign and model whose weights the path
-- alone decides: weight, credit and amount (R101-R103).
{{ needs('affected_subjects') }}
{{ credits_of_paths(
    ref('conversion_weights'), ref('conversion_positions'), subject=['conversion', 'subject_id'],
    changed='affected_subjects', carried=['converted_at'],
    shares={'credit_units': 'credit_millionths', 'amount_units': 'amount_cents'}
) }}

select
    conversion,
    subject_id,
    event_id,
    campaign_id,
    contact_id,
    event_type,
    occurred_at,
    converted_at,
    model,
    weight,
    {{ decimal_units('credit_units', 6) }} as credit,
    {{ decimal_units('amount_units', 2) }} as amount,
    channel
from shared
