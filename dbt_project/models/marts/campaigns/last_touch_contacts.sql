{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={
        'order': ['campaign_id', 'contact_created_at'],
        'replaces': {'key': 'contact_id', 'changed': ['affected_contacts']}
    }
) }}
-- One row per campaign and contact whose last touch, the conversion, counts for it (R51, R52).
{{ needs('affected_contacts') }}
with matches as (
    select contact_id, campaign_id, max(is_by_asset) as is_by_asset, max(is_by_utm) as is_by_utm
    from {{ ref('conversion_matches') }}
    group by contact_id, campaign_id
),

touches as (
    select
        conversions.contact_id,
        conversions.contact_created_at,
        conversions.event_id as conversion_event_id,
        matches.campaign_id,
        case
            when matches.is_by_asset = 1 and matches.is_by_utm = 1 then 'both'
            when matches.is_by_asset = 1 then 'asset'
            else 'utm'
        end as basis
    from {{ ref('contact_conversions') }} as conversions
    inner join matches on conversions.contact_id = matches.contact_id
)

select
    campaign_id,
    contact_id,
    contact_created_at,
    conversion_event_id,
    basis,
    {{ is_primary_campaign('contact_id') }} as is_primary
from touches
