-- One row per accepted event, with its session: the middle's one event table.
select
    events.*,
    sessions.session_id
from {{ ref('resolved_events') }} as events
left join {{ ref('event_sessions') }} as sessions on events.event_id = sessions.event_id
