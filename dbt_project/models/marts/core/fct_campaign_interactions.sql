{{ config(
    materialized='view',
    meta={'replaces': {'key': 'event_id', 'changed': ['campaign_interaction_changes']}}
) }}
-- One row per unfiltered event and campaign that it counts for (R30-R35).
select
    event_id,
    campaign_id,
    contact_id,
    session_id,
    event_type,
    occurred_at,
    basis,
    influences,
    earns_revenue
from {{ ref('campaign_interactions') }}
