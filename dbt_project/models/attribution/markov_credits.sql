{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={'replaces': {'key': 'deal_id', 'changed': ['affected_deals', 'rechained_deals']}}
) }}
-- One row per deal, event of its path, campaign and Markov model that gives it weight (R78): a part
-- of the ledger of its own, because one deal changes the weights of all.
{{ needs(['affected_deals', 'rechained_deals']) }}
{{ credits_by_effects(
    ref('deal_touches'), 'deal_id', ['affected_deals', 'rechained_deals'],
    shares={'credit_cents': 'deal_cents'}
) }}

{{ credited_deal_touches() }}
