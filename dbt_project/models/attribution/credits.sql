{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={'replaces': {'key': 'deal_id', 'changed': ['affected_deals']}}
) }}
-- One row per deal, event of its path, campaign and model whose weights the path alone decides:
-- weight and credit (R74, R75, R79).
{{ needs('affected_deals') }}
{{ credits_of_paths(
    ref('path_weights'), ref('deal_touches'), 'deal_id', 'affected_deals',
    shares={'credit_cents': 'deal_cents'}
) }}

{{ credited_deal_touches() }}
