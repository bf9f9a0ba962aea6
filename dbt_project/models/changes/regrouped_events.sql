-- One row per event that is in another session now, or in one of another channel or source, because
-- of its visitor's affected events, and is not one of these (R40, R110). Empty in a full build.
-- A table of its own, because the engine must know how few they are before it looks for them among
-- all events.
{% if is_increment() %}
select
    interactions.event_id,
    {% for column in session_columns() %}sessions.{{ column }}{{ ', '
        if not loop.last }}{% endfor %}
from {{ built('interactions') }} as interactions
inner join {{ ref('event_sessions') }} as sessions on interactions.event_id = sessions.event_id
left join {{ ref('affected_events') }} as affected on interactions.event_id = affected.event_id
where
    affected.event_id is null
    and (
        {%- for column in session_columns() %}
        interactions.{{ column }} is distinct from sessions.{{ column }}{{ ' or' if not loop.last }}
        {%- endfor %}
    )
{% else %}
    select event_id, {{ session_columns() | join(', ') }}
    from {{ ref('event_sessions') }}
    where 1 = 0
-- depends_on: {{ ref('affected_events') }}
{% endif %}
