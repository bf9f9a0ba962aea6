-- R14: as many interactions as accepted event ids; with the unique key of fct_interactions, each is
-- there once.
with listed as (
    {{ listed_rows('events') }}
),

accepted as (
    -- Ids are rows less what landed again.
    select
        (select count(*) from listed)
        - (
            select coalesce(sum(repeated.landings - 1), 0)
            from {{ ref('repeated_events') }} as repeated
        ) as events
),

published as (
    select count(*) as interactions
    from {{ ref('fct_interactions') }}
)

select accepted.events, published.interactions
from accepted
cross join published
where accepted.events <> published.interactions
