{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={
        'replaces': {
            'key': 'visitor_id', 'changed': ['interaction_changes', 'campaign_interaction_changes']
        }
    }
) }}
-- One row per campaign and session with a page view that counts for it (R41), dated by the
-- session's start.
with sessions_of_campaigns as (
    select distinct campaign_id, session_id
    from {{ ref('campaign_interactions') }}
    where
        event_type = 'page_view'
        {{ in_scope('visitor_id', ['interaction_changes', 'campaign_interaction_changes']) }}
        and session_id is not null
)

select
    sessions_of_campaigns.campaign_id,
    sessions_of_campaigns.session_id,
    sessions.started_at,
    sessions.visitor_id
from sessions_of_campaigns
inner join {{ ref('sessions') }} as sessions
    on sessions_of_campaigns.session_id = sessions.session_id
