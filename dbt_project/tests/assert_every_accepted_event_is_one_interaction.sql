-- R14: as many interactions as accepted event ids; with the unique key of fct_interactions, each is there once.
with listed as (
    {{ listed_events() }}
),

accepted as (
    select count(distinct event_id) as events
    from listed
),

published as (
    select count(*) as interactions
    from {{ ref('fct_interactions') }}
)

select accepted.events, published.interactions
from accepted
cross join published
where accepted.events <> published.interactions
