{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={
        'replaces': {'key': 'path_number', 'changed': ['affected_subjects', 'rechained_subjects']}
    }
) }}
-- One row per touch of a conversion's path and Markov model that gives it weight, by the effects of
-- the deals' chain (R78, R103).
{{ needs(['affected_subjects', 'rechained_subjects']) }}
{{ credits_by_effects(
    ref('conversion_touches'), 'path_number', ['affected_subjects', 'rechained_subjects'],
    shares={'credit_units': 'credit_millionths', 'amount_units': 'amount_cents'},
    optional='amount_units'
) }}

{{ credited_conversion_touches() }}
