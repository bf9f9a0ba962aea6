-- How many interactions the contact $key has, and the first five.
select
    count(*) as interactions,
    count(*) filter (where is_filtered) as filtered,
    coalesce(
        list(
            struct_pack(event_type := event_type, event_id := event_id)
            order by occurred_at, event_id
        )[:5],
        []
    ) as examples
from core.fct_interactions
where contact_id = $key
