-- One row per event that came, went or changed since the last build: as it was (`is_new` false) and as it is. Empty in a full build.
{%- set columns = interaction_columns() %}
-- depends_on: {{ ref('affected_events') }}
with computed as (
    select
        events.*,
        sessions.session_id
    from {{ ref('resolved_events') }} as events
    left join {{ ref('event_sessions') }} as sessions on events.event_id = sessions.event_id
)
{%- if is_increment() %},

recomputed as (
    select {{ columns | join(', ') }}
    from computed
    union all
    -- Events that are in another session because of their visitor's affected events.
    select
        {%- for column in columns %}
        {{ 'sessions' if column == 'session_id' else 'interactions' }}.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ built('interactions') }} as interactions
    inner join {{ ref('event_sessions') }} as sessions on interactions.event_id = sessions.event_id
    left join {{ ref('affected_events') }} as affected on interactions.event_id = affected.event_id
    where affected.event_id is null and interactions.session_id is distinct from sessions.session_id
),

before as (
    select {{ columns | join(', ') }}
    from {{ built('interactions') }} as interactions
    where interactions.event_id in (select recomputed.event_id from recomputed)
),

{{ difference('before', 'recomputed') }}
{%- else %}

    select {{ columns | join(', ') }}, true as is_new
    from computed
    where 1 = 0
{%- endif %}
