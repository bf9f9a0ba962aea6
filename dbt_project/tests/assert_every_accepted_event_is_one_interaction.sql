-- R14: as many interactions as accepted event ids; with the unique key of fct_interactions, each is there once.
with accepted as (
    select count(distinct events.event_id) as events
    from {{ source('raw', 'events') }} as events
    where
        events.event_type in (select types.event_type from {{ ref('interaction_types') }} as types)
        and (
            events.asset_type is null
            or events.asset_type in (select types.asset_type from {{ ref('asset_types') }} as types)
        )
),

published as (
    select count(*) as interactions
    from {{ ref('fct_interactions') }}
)

select accepted.events, published.interactions
from accepted
cross join published
where accepted.events <> published.interactions
