-- A campaign's first value is added when the campaign was made, a later one when a pull first saw
-- it.
with values_seen as (
    select
        record_id, utm, min(_pull) as _pull, min(_pulled_at) as _pulled_at,
        arg_min(created_at, _pull) as created_at
    from campaign_versions
    where utm is not null
    group by record_id, utm
)

select
    with_portal(record_id) as campaign_id,
    utm as utm_campaign,
    iso(if(is_first, coalesce(created_at, _pulled_at), _pulled_at)) as added_at,
    iso(_pulled_at) as _loaded_at,
    _pull,
    if(is_first and created_at is not null, 'assumed', 'first_seen') as _basis
from (
    select *, _pull = min(_pull) over (partition by record_id) as is_first from values_seen
)
