-- A campaign's first value is added when the campaign was made, a later one when a pull first saw
-- it; one that returns keeps its first time.
with values_seen as (
    select
        id, utm, min(_pull) as _pull, min(_pulled_at) as _pulled_at,
        arg_min(created_at, _pull) as created_at
    from campaign_versions
    where utm is not null
    group by id, utm
),

firsts as (select id, min(_pull) as _pull from values_seen group by id)

select
    with_portal(values_seen.id) as campaign_id, utm as utm_campaign,
    iso(
        case when firsts.id is not null then coalesce(created_at, _pulled_at) else _pulled_at end
    ) as added_at,
    iso(_pulled_at) as _loaded_at, values_seen._pull,
    case when firsts.id is not null then 'assumed' else 'first_seen' end as _basis
from values_seen
left join firsts on values_seen.id = firsts.id and values_seen._pull = firsts._pull
