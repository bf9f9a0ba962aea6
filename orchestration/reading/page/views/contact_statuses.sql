-- The reason of the contact $key for each metric (R98), with the interaction that decides it.
with found as (
    select metric, status, event_id
    from diagnostics.contact_status
    where contact_id = $key
)

select
    found.*,
    events.event_type,
    events.occurred_at
from found
left join core.fct_interactions as events
    on found.event_id = events.event_id and events.contact_id = $key
order by list_position(['first_touch', 'last_touch', 'influenced'], found.metric)
