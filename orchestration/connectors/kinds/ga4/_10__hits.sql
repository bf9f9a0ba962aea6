-- Hits of the export, nested as BigQuery has it or flat as loaders have it. What is intraday counts
-- only for days without a table of their own.
with located as (
    select
        events.*,
        coalesce(
            event_param(event_params, 'page_location'), filled(param_page_location),
            filled(page_location)
        ) as location,
        mapped_event(event_name) as mapped
    from (
        -- Some loaders have the list as text within JSON.
        select * replace (record_of(event_params) as event_params) from events
    ) as events
    left join days
        on
            contains(lower(events._table), 'intraday')
            and right(events._table, 8) = days.day
            and days._pull <= events._pull
    where days.day is null
)

select
    event_hash(
        'events',
        [
            user_pseudo_id,
            event_timestamp,
            event_name,
            event_bundle_sequence_id,
            batch_page_id,
            batch_ordering_id,
            batch_event_index,
            location,
        ]
    ) as id,
    if(event_name = 'page_view', 'page_view', mapped) as event_type,
    iso_of(event_timestamp) as happened_at,
    filled(user_pseudo_id) as visitor_id,
    person_contact(user_id) as contact_id,
    person_email(null, user_id) as email,
    filled(location) as url,
    coalesce(
        event_param(event_params, 'page_referrer'), filled(param_page_referrer),
        filled(page_referrer)
    ) as referrer,
    case
        when event_name != 'page_view' and mapped is not null
            then coalesce(
                event_param(event_params, 'form_id'), filled(param_form_id), filled(form_id)
            )
    end as form_id,
    coalesce(
        event_param(event_params, 'traffic_type'), filled(param_traffic_type), filled(traffic_type)
    ) = 'internal' as is_internal,
    contains(lower(_table), 'intraday') as is_intraday,
    right(_table, 8) as day,
    loaded(_fivetran_synced, _pulled_at) as loaded,
    _pull
from located
