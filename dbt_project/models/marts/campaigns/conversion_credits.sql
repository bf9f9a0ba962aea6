{{ config(
    materialized='view',
    meta={
        'replaces': {
            'key': 'subject_id', 'changed': ['affected_subjects'],
            'also': {'key': 'model', 'changed': ['rechained_subjects']}
        }
    }
) }}
-- One row per conversion besides the won deal, subject, event, campaign and model with weight
-- (R100-R103).
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
    credit,
    amount,
    channel
from {{ ref('conversion_ledger') }}
union all
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
    credit,
    amount,
    channel
from {{ ref('conversion_markov_credits') }}
