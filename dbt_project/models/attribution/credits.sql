{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={'replaces': {'key': 'deal_id', 'changed': ['affected_deals']}}
) }}
-- One row per deal, event of its path, campaign and model whose weights the path alone decides:
-- weight and credit (R74, R75, R79).
{{ needs('affected_deals') }}
{{ credits_of_paths(
    ref('path_weights'), ref('deal_path_positions'), subject=['deal_id'], changed='affected_deals',
    carried=['closed_at'],
    shares={'credit_cents': 'deal_cents'}
) }}

select
    deal_id,
    event_id,
    campaign_id,
    contact_id,
    event_type,
    occurred_at,
    closed_at,
    model,
    weight,
    channel,
    {{ decimal_units('credit_cents', 2) }} as credit
from shared
