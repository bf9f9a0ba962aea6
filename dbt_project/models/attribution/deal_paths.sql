{{ config(materialized='view') }}
-- One row per deal that can be attributed and event of its path (R70): all events of all its
-- contacts that earn revenue, up to the close.
select
    numbers.path_number,
    deals.deal_id,
    interactions.event_id,
    interactions.event_type,
    interactions.occurred_at,
    contacts.contact_id,
    interactions.channel,
    deals.created_at as deal_created_at,
    deals.closed_at,
    {{ whole_cents('deals.amount_home') }} as deal_cents,
    row_number() over (
        partition by numbers.path_number order by interactions.occurred_at, interactions.event_id
    ) as place
from {{ ref('deals') }} as deals
inner join {{ ref('deal_path_contacts') }} as contacts on deals.deal_id = contacts.deal_id
inner join {{ ref('path_numbers') }} as numbers
    on numbers.conversion = 'deal_won' and deals.deal_id = numbers.subject_id
inner join {{ ref('interactions') }} as interactions
    on contacts.contact_id = interactions.contact_id
where
    deals.deal_reason is null
    {{ in_scope('deals.deal_id', 'affected_deals') }}
    and {{ is_in_path('interactions', 'deals.closed_at') }}
