-- One row per event that an increment computes anew: what landed, and what is someone else's now
-- because people, addresses, visitors or assets changed (R10, R11, R14, R34, R35, R36). Wider than
-- what really changes; interaction_changes tells. Empty in a full build.
-- depends_on: {{ ref('interaction_types') }}, {{ ref('asset_types') }}
-- depends_on: {{ source('raw', 'events') }}, {{ source('raw', 'build_plan') }}
with survivors as (
    {{ changed_rows('contact_survivors', ['contact_id', 'survivor_contact_id']) | indent(4) }}
),

addresses as (
    {{ changed_rows('contact_addresses', ['address', 'contact_id']) | indent(4) }}
),

visitors as (
    {{ changed_rows(
        'visitor_contacts', ['visitor_id', 'valid_from', 'valid_to', 'contact_id']
    ) | indent(4) }}
),

primary_addresses as (
    {{ changed_rows(
        'stg_contact_addresses', ['contact_id', 'address', 'was_primary']
    ) | indent(4) }}
),

pages as (
    {{ changed_rows('page_locations', ['location', 'asset_type', 'asset_id']) | indent(4) }}
),

addressed as (
    select events.event_id, events.event_type, {{ mail_address('events.email') }} as address
    from (
        {{ listed_rows('events') | indent(8) }} and events.email is not null
    ) as events
),

forms as (
    {{ changed_rows('assets', ['asset_type', 'asset_id', 'has_form']) | indent(4) }}
),

networks as (
    {{ changed_rows('assets', ['asset_type', 'asset_id', 'is_search_network']) | indent(4) }}
)
{% if is_increment() %}
select events.event_id
from (
    {{ listed_rows('events') | indent(4) }}
    and {{ is_newly_landed('events') }}
) as events
union
select interactions.event_id
from {{ built('interactions') }} as interactions
where interactions.landed_contact_id in (select survivors.contact_id from survivors)
union
select addressed.event_id
from addressed
where addressed.address in (select addresses.address from addresses)
union
select interactions.event_id
from {{ built('interactions') }} as interactions
where interactions.visitor_id in (select visitors.visitor_id from visitors)
union
select addressed.event_id
from addressed
inner join {{ ref('interaction_types') }} as types on addressed.event_type = types.event_type
where
    types.needs_primary_address
    and addressed.address in (select primary_addresses.address from primary_addresses)
union
select interactions.event_id
from {{ built('interactions') }} as interactions
where
    interactions.event_type = 'page_view'
    and {{ url_location('interactions.url') }} in (select pages.location from pages)
union
select interactions.event_id
from {{ built('interactions') }} as interactions
inner join {{ ref('interaction_types') }} as types on interactions.event_type = types.event_type
inner join forms
    on interactions.asset_type = forms.asset_type and interactions.asset_id = forms.asset_id
where types.needs_asset_without_form
union
select interactions.event_id
from {{ built('interactions') }} as interactions
inner join {{ ref('interaction_types') }} as types on interactions.event_type = types.event_type
inner join networks
    on interactions.asset_type = networks.asset_type and interactions.asset_id = networks.asset_id
where types.channel = 'paid'
{% else %}
    select cast(null as string) as event_id
    from visitors
    where 1 = 0
{% endif %}
