{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={'replaces': {'key': 'subject_id', 'changed': ['affected_subjects', 'rechained_subjects']}}
) }}
-- One row per conversion, subject, event of its path, campaign and Markov model that gives it
-- weight, by the effects of the deals' chain (R78, R103).
{{ needs(['affected_subjects', 'rechained_subjects']) }}
{{ credits_by_effects(
    ref('conversion_ledger'), subject=['conversion', 'subject_id'],
    changed=['affected_subjects', 'rechained_subjects'], carried=['converted_at'],
    shares={
        'credit_units': 'round(ledger.credit * 1000000)',
        'amount_units': 'round(ledger.amount * 100)'
    }
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
