-- The session $key.
with sessions as (
    select *
    from core.fct_sessions
    where session_id = $key
    limit 1
)

select
    sessions.*,
    contacts.email
from sessions
left join core.dim_contacts as contacts on sessions.contact_id = contacts.contact_id
