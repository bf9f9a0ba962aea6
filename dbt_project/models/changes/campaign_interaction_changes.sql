-- One row per event and campaign that counts now and did not, or did and does not, or counts
-- otherwise: as it was (`is_new` false) and as it is. Empty in a full build.
{%- set columns = campaign_interaction_columns() | join(', ') %}
-- depends_on: {{ ref('affected_campaign_events') }}
{% if is_increment() -%}
with before as (
    select {{ columns }}
    from {{ built('campaign_interactions') }} as interactions
    where interactions.event_id in (
        select affected.event_id from {{ ref('affected_campaign_events') }} as affected
    )
),

now as (
    select {{ columns }}
    from {{ ref('campaign_matches') }}
),

{{ difference('before', 'now') }}
{%- else -%}
    select {{ columns }}, true as is_new
    from {{ ref('campaign_matches') }}
    where 1 = 0
{%- endif %}
