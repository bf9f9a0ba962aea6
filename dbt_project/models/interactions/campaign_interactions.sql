{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={
        'published_as': 'core.fct_campaign_interactions',
        'order': ['campaign_id', 'occurred_at'],
        'replaces': {'key': 'event_id', 'changed': ['campaign_interaction_changes']},
        'sliced': true, 'joins_as_written': true
    }
) }}
-- One row per unfiltered event and campaign that it counts for (R30-R32).
select {{ campaign_interaction_columns() | join(', ') }}
from {{ ref('campaign_matches') }}
{{ in_scope('event_id', 'campaign_interaction_changes', word='where') }}
