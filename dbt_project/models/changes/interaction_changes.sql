-- One row per event that came, went or changed since the last build: as it was (`is_new` false) and
-- as it is. Empty in a full build.
{%- set columns = interaction_columns() %}
-- depends_on: {{ ref('affected_events') }}, {{ ref('regrouped_events') }}
with computed as (
    select
        {%- for column in columns %}
            {{ interaction_column(column) }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ ref('resolved_events') }} as events
    left join {{ ref('event_sessions') }} as sessions on events.event_id = sessions.event_id
)
{%- if is_increment() %},

before as (
    select {{ columns | join(', ') }}
    from {{ built('interactions') }} as interactions
    where
        interactions.event_id in (
            select affected.event_id from {{ ref('affected_events') }} as affected
            union all
            select regrouped.event_id from {{ ref('regrouped_events') }} as regrouped
        )
),

recomputed as (
    select {{ columns | join(', ') }}
    from computed
    union all
    select
        {%- for column in columns %}
        {{ 'regrouped' if column in session_columns() else 'before' }}.{{ column }}{{ ','
            if not loop.last }}
        {%- endfor %}
    from before
    inner join {{ ref('regrouped_events') }} as regrouped on before.event_id = regrouped.event_id
),

{{ difference('before', 'recomputed') }}
{%- else %}

    select {{ columns | join(', ') }}, true as is_new
    from computed
    where 1 = 0
{%- endif %}
