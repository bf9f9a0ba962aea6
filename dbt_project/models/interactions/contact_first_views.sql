{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={'replaces': {'key': 'contact_id', 'changed': ['affected_contacts']}}
) }}
-- One row per contact that is not deleted and has a page view: the first one ever (R50, R98).
with page_views as (
    select
        contact_id,
        event_id,
        occurred_at,
        channel,
        row_number() over (partition by contact_id order by occurred_at, event_id) as place
    from {{ ref('interactions') }}
    where
        event_type = 'page_view'
        and contact_id is not null
        {{ in_scope('contact_id', 'affected_contacts') }}
        and not is_filtered
)

select
    contacts.contact_id,
    contacts.created_at as contact_created_at,
    page_views.event_id,
    page_views.occurred_at,
    page_views.channel
from page_views
inner join {{ ref('contacts') }} as contacts on page_views.contact_id = contacts.contact_id
where
    page_views.place = 1
    and not contacts.is_deleted
