{{ config(materialized='view') }}
-- One row per conversion, subject and event of its path (R101, R102): all events of all its
-- contacts that earn revenue, up to the conversion.
select
    numbers.path_number,
    contacts.conversion,
    contacts.subject_id,
    interactions.event_id,
    interactions.event_type,
    interactions.occurred_at,
    contacts.contact_id,
    interactions.channel,
    contacts.deal_created_at,
    contacts.converted_at,
    {{ whole_cents('contacts.amount') }} as amount_cents,
    -- One credit, in millionths (R103).
    1000000 as credit_millionths,
    row_number() over (
        partition by numbers.path_number order by interactions.occurred_at, interactions.event_id
    ) as place
from {{ ref('conversion_contacts') }} as contacts
inner join {{ ref('path_numbers') }} as numbers
    on contacts.conversion = numbers.conversion and contacts.subject_id = numbers.subject_id
inner join {{ ref('interactions') }} as interactions
    on contacts.contact_id = interactions.contact_id
where
    {{ is_in_path('interactions', 'contacts.path_until', has_lookback=false) }}
{{ in_scope('contacts.subject_id', 'affected_subjects') }}
