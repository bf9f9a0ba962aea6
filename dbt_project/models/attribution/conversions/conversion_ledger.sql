{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={
        'sliced': true,
        'replaces': {'key': 'path_number', 'changed': ['affected_subjects']}
    }
) }}
-- One row per touch of a conversion's path and model whose weights the path alone decides: weight,
-- credit and amount (R101-R103). What the touch is stands in conversion_touches, once for all
-- models.
{{ needs('affected_subjects') }}
{{ credits_of_paths(
    ref('conversion_weights'), ref('conversion_touches'), 'path_number', 'affected_subjects',
    shares={'credit_units': 'credit_millionths', 'amount_units': 'amount_cents'},
    optional='amount_units'
) }}

{{ credited_conversion_touches() }}
