select
    min(occurred_at) as first,
    max(occurred_at) as last
from (
    select occurred_at from core.fct_campaign_interactions where campaign_id = $key
    union all
    select
        unnest([
            contact_created_at - to_minutes($tolerance::int),
            contact_created_at + to_minutes($tolerance::int)
        ])
    from marts.last_touch_contacts
    where campaign_id = $key
)
