-- One row per visitor whose sessions an increment computes anew: those of affected events, before
-- and after (R40). Empty in a full build.
{% if is_increment() %}
select visitor_id
from {{ ref('tagged_events') }}
where visitor_id is not null
union
select interactions.visitor_id
from {{ built('interactions') }} as interactions
where
    interactions.visitor_id is not null
    and interactions.event_id in (
        select affected.event_id from {{ ref('affected_events') }} as affected
    )
{% else %}
    select visitor_id
    from {{ ref('tagged_events') }}
    where 1 = 0
-- depends_on: {{ ref('affected_events') }}
{% endif %}
