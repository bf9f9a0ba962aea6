{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={'replaces': {'key': 'deal_id', 'changed': ['affected_deals', 'rechained_deals']}}
) }}
-- One row per deal, event of its path, campaign and Markov model that gives it weight (R78): a part
-- of the ledger of its own, because one deal changes the weights of all.
{{ needs(['affected_deals', 'rechained_deals']) }}
{{ credits_by_effects(
    ref('credits'), subject=['deal_id'], changed=['affected_deals', 'rechained_deals'],
    carried=['closed_at'],
    shares={'credit_cents': 'round(ledger.credit * 100)'}
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
