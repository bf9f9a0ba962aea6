{{ config(
    materialized='carried',
    meta={
        'order': ['campaign_id', 'closed_at'],
        'replaces': {
            'key': 'deal_id', 'changed': ['affected_deals'],
            'also': {'key': 'model', 'changed': ['rechained_deals']}
        }
    }
) }}
-- One row per deal, event, campaign and model with weight (R70-R75, R78, R79): the ledger as
-- published.
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
    credit,
    channel
from {{ ref('credits') }}
union all
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
    credit,
    channel
from {{ ref('markov_credits') }}
