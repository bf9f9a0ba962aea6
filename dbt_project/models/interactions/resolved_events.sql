{{ config(materialized='view') }}
{%- set most_identifications = 50 %}
-- One row per event that this build computes: who did it (R11), on what page it was (R36), what it
-- can do (R33-R35), and its channel where no session tells (R111).
with addressed as (
    select
        *,
        {{ mail_address('email') }} as address,
        case
            when event_type = 'page_view' and asset_id is null then {{ url_location('url') }}
        end as location
    from {{ ref('arrived_events') }}
),

events as (
    select
        addressed.event_id,
        addressed.event_type,
        addressed.occurred_at,
        addressed.visitor_id,
        addressed.contact_id,
        addressed.address,
        case
            when pages.asset_id is null then addressed.asset_type
            else pages.asset_type
        end as asset_type,
        coalesce(addressed.asset_id, pages.asset_id) as asset_id,
        addressed.url,
        addressed.utm_source,
        addressed.utm_medium,
        addressed.utm_campaign,
        addressed.is_filtered,
        addressed.is_web_activity,
        addressed.page_channel,
        addressed.page_source
    from addressed
    left join {{ ref('page_locations') }} as pages on addressed.location = pages.location
),

-- Most visitors are identified a few times: each of their events is compared with all their spans.
-- A shared device, or an id that a tracker gave to everybody, can be thousands of people: its
-- events go through the engine's join for spans, which sorts them.
crowds as (
    select visitor_id, valid_from, valid_to, contact_id
    from {{ ref('visitor_contacts') }}
    where identifications > {{ most_identifications }}
),

crowd_events as (
    select event_id, visitor_id, occurred_at
    from {{ ref('stg_events') }}
    where visitor_id in (select crowds.visitor_id from crowds)
),

in_crowds as (
    select events.event_id, visitors.contact_id
    from crowd_events as events
    {{ span_join('crowds', 'visitors', 'visitor_id', 'events.visitor_id', 'events.occurred_at') }}
),

attributed as (
    select
        events.*,
        coalesce(
            events.contact_id, addresses.contact_id, visitors.contact_id, in_crowds.contact_id
        ) as landed_contact_id
    from events
    left join {{ ref('contact_addresses') }} as addresses
        on events.address = addresses.address and events.contact_id is null
    left join {{ ref('visitor_contacts') }} as visitors
        on events.visitor_id = visitors.visitor_id
        and visitors.identifications <= {{ most_identifications }}
        and (visitors.valid_from is null or events.occurred_at >= visitors.valid_from)
        and (visitors.valid_to is null or events.occurred_at < visitors.valid_to)
    left join in_crowds on events.event_id = in_crowds.event_id
),

survivors as (
    select
        attributed.*,
        coalesce(survivors.survivor_contact_id, attributed.landed_contact_id)
            as surviving_contact_id
    from attributed
    left join {{ ref('contact_survivors') }} as survivors
        on attributed.landed_contact_id = survivors.contact_id
)

select
    survivors.event_id,
    survivors.event_type,
    survivors.occurred_at,
    survivors.visitor_id,
    survivors.surviving_contact_id as contact_id,
    survivors.landed_contact_id,
    survivors.address,
    survivors.asset_type,
    survivors.asset_id,
    survivors.url,
    survivors.utm_source,
    survivors.utm_medium,
    survivors.utm_campaign,
    survivors.is_filtered,
    survivors.is_web_activity,
    types.influences
    and not (types.needs_asset_without_form and coalesce(assets.has_form, false)) as influences,
    types.earns_revenue
    and (
        not types.needs_primary_address
        or survivors.address is null
        or once_primary.contact_id is not null
    ) as earns_revenue,
    case
        when survivors.page_channel is not null then survivors.page_channel
        when types.channel <> 'paid' then types.channel
        when kinds.visit_match = 'paid_search' or assets.is_search_network then 'paid_search'
        else 'paid_social'
    end as channel,
    survivors.page_channel,
    survivors.page_source
from survivors
inner join {{ ref('interaction_types') }} as types on survivors.event_type = types.event_type
left join {{ ref('assets') }} as assets
    on survivors.asset_type = assets.asset_type
    and survivors.asset_id = assets.asset_id
    and (types.needs_asset_without_form or types.channel = 'paid')
left join {{ ref('asset_types') }} as kinds
    on survivors.asset_type = kinds.asset_type and types.channel = 'paid'
left join {{ ref('stg_contact_addresses') }} as once_primary
    on survivors.surviving_contact_id = once_primary.contact_id
    and survivors.address = once_primary.address
    and once_primary.was_primary
    and types.needs_primary_address
