{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={
        'order': ['contact_id'],
        'replaces': {'key': 'contact_id', 'changed': ['affected_contacts', 'affected_people']}
    }
) }}
-- One row per contact that is not deleted and metric: counted, or the first reason that explains
-- why not (R98).
{{ needs(['affected_contacts', 'affected_people']) }}
with contacts as (
    select contact_id, created_at
    from {{ ref('contacts') }}
    where not is_deleted {{ in_scope('contact_id', ['affected_contacts', 'affected_people']) }}
),

first_touches as (
    select distinct contact_id
    from {{ ref('first_touch_contacts') }}
    {{ in_scope('contact_id', ['affected_contacts', 'affected_people'], word='where') }}
),

last_touches as (
    select distinct contact_id
    from {{ ref('last_touch_contacts') }}
    {{ in_scope('contact_id', ['affected_contacts', 'affected_people'], word='where') }}
),

influences as (
    select
        contact_id,
        event_id,
        row_number() over (partition by contact_id order by influenced_at, event_id) as place
    from {{ ref('influenced_contacts') }}
    {{ in_scope('contact_id', ['affected_contacts', 'affected_people'], word='where') }}
),

statuses as (
    select
        contacts.contact_id,
        'first_touch' as metric,
        case
            when first_touches.contact_id is not null then 'COUNTED'
            when views.event_id is null then 'NO_PAGE_VIEW'
            when views.occurred_at > contacts.created_at then 'FIRST_VIEW_AFTER_CREATION'
            else 'FIRST_VIEW_IN_NO_CAMPAIGN'
        end as status,
        views.event_id
    from contacts
    left join {{ ref('contact_first_views') }} as views on contacts.contact_id = views.contact_id
    left join first_touches on contacts.contact_id = first_touches.contact_id
    union all
    select
        contacts.contact_id,
        'last_touch' as metric,
        case
            when last_touches.contact_id is not null then 'COUNTED'
            when conversions.event_id is null then 'NO_CONVERSION'
            else 'CONVERSION_IN_NO_CAMPAIGN'
        end as status,
        conversions.event_id
    from contacts
    left join {{ ref('contact_conversions') }} as conversions
        on contacts.contact_id = conversions.contact_id
    left join last_touches on contacts.contact_id = last_touches.contact_id
    union all
    select
        contacts.contact_id,
        'influenced' as metric,
        case
            when influences.event_id is not null then 'COUNTED'
            when doings.first_event_id is null then 'NO_INTERACTION'
            when not doings.met_a_campaign then 'NO_CAMPAIGN_INTERACTION'
            when not doings.met_by_influence then 'TYPE_DOES_NOT_INFLUENCE'
            else 'OUTSIDE_ASSOCIATION'
        end as status,
        coalesce(influences.event_id, doings.first_event_id) as event_id
    from contacts
    left join influences on contacts.contact_id = influences.contact_id and influences.place = 1
    left join {{ ref('contact_doings') }} as doings on contacts.contact_id = doings.contact_id
)

select contact_id, metric, status, event_id
from statuses
