{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={
        'order': ['campaign_id', 'contact_created_at'],
        'replaces': {'key': 'contact_id', 'changed': ['affected_contacts']}
    }
) }}
-- One row per campaign and contact whose first touch counts for it (R50, R52).
with touches as (
    select
        touches.contact_id,
        touches.contact_created_at,
        touches.event_id,
        interactions.campaign_id,
        interactions.basis
    from {{ ref('contact_first_touches') }} as touches
    inner join {{ ref('campaign_interactions') }} as interactions
        on touches.event_id = interactions.event_id
    {{ in_scope('touches.contact_id', 'affected_contacts', word='where') }}
)

select
    campaign_id,
    contact_id,
    contact_created_at,
    event_id,
    basis,
    {{ is_primary_campaign('contact_id') }} as is_primary
from touches
