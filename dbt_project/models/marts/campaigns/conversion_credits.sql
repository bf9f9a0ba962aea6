{{ config(
    materialized='carried',
    meta={
        'order': ['campaign_id'],
        'comes_in_order': true,
        'sliced': true,
        'replaces': {
            'key': 'subject_id', 'changed': ['affected_subjects'],
            'also': {'key': 'model', 'changed': ['rechained_subjects']}
        }
    }
) }}
-- One row per conversion besides the won deal, subject, event, campaign and model with weight
-- (R100-R103).
select
    touches.conversion,
    touches.subject_id,
    touches.event_id,
    touches.campaign_id,
    touches.contact_id,
    touches.event_type,
    touches.occurred_at,
    touches.converted_at,
    shares.model,
    shares.weight,
    shares.credit,
    shares.amount,
    touches.channel
from {{ ref('conversion_shares') }} as shares
inner join {{ ref('conversion_touches') }} as touches on shares.touch_number = touches.touch_number
where
    {{ in_slice('shares.path_number') }}
    and {{ in_slice('touches.path_number') }}
