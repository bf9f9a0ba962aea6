{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={'replaces': {'key': 'contact_id', 'changed': ['affected_contacts']}}
) }}
-- One row per contact that converted: the form submission nearest to the contact's creation, within
-- the tolerance either side (R51).
with submissions as (
    select
        contacts.contact_id,
        contacts.created_at as contact_created_at,
        interactions.event_id,
        interactions.occurred_at,
        interactions.session_id,
        interactions.utm_campaign,
        abs(
            {{ microseconds('interactions.occurred_at') }}
            - {{ microseconds('contacts.created_at') }}
        ) as distance
    from {{ ref('interactions') }} as interactions
    inner join {{ ref('contacts') }} as contacts
        on interactions.contact_id = contacts.contact_id and not contacts.is_deleted
    where
        interactions.event_type = 'form_submission'
        {{ in_scope('interactions.contact_id', 'affected_contacts') }}
        and not interactions.is_filtered
),

ranked as (
    select
        *,
        row_number() over (
            partition by contact_id order by distance, occurred_at, event_id
        ) as place
    from submissions
    where distance <= {{ minutes_in_microseconds(var('conversion_tolerance_minutes')) }}
)

select contact_id, contact_created_at, event_id, occurred_at, session_id, utm_campaign
from ranked
where place = 1
