{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={
        'order': ['campaign_id', 'influenced_at'],
        'replaces': {'key': 'contact_id', 'changed': ['affected_contacts']}
    }
) }}
-- One row per campaign and contact that it influenced (R53), with the first influencing event as
-- evidence.
with influencing as (
    select
        interactions.campaign_id,
        interactions.contact_id,
        interactions.event_id,
        interactions.event_type,
        interactions.occurred_at,
        row_number() over (
            partition by interactions.campaign_id, interactions.contact_id
            order by interactions.occurred_at, interactions.event_id
        ) as place,
        count(*) over (
            partition by interactions.campaign_id, interactions.contact_id
        ) as interactions
    from {{ ref('campaign_interactions') }} as interactions
    inner join {{ ref('contacts') }} as contacts on interactions.contact_id = contacts.contact_id
    where
        interactions.influences {{ in_scope('interactions.contact_id', 'affected_contacts') }}
        and not contacts.is_deleted
),

touched as (
    select campaign_id, contact_id from {{ ref('first_touch_contacts') }}
    union
    select campaign_id, contact_id from {{ ref('last_touch_contacts') }}
)

select
    influencing.campaign_id,
    influencing.contact_id,
    influencing.occurred_at as influenced_at,
    influencing.event_id,
    influencing.event_type,
    touched.contact_id is not null as is_new_contact,
    cast(influencing.interactions as bigint) as interactions
from influencing
left join touched
    on influencing.campaign_id = touched.campaign_id and influencing.contact_id = touched.contact_id
where influencing.place = 1
