-- What came and is not landed, and why; each thing once, however often it was read.
select
    'events' as raw_table,
    'email_event ' || coalesce(upper("type"), 'without a type') || ': not landed ('
    || count(distinct coalesce(filled(id), concat_ws('|', recipient, created))) || ' rows)'
        as reason
from email_event
where coalesce(upper("type") not in ('SENT', 'DELIVERED', 'BOUNCE', 'OPEN', 'CLICK'), true)
group by upper("type")
union all
select
    'events',
    'contact_list_member of dynamic lists or of other objects: not landed (' || count(*) || ' rows)'
from newest_members('list_members', 'lists')
where not is_static or not has_contacts
having count(*) > 0
union all
select
    'events',
    'marketing_event_participant '
    || coalesce(upper(properties_attendance_state), 'without a state')
    || ': not landed ('
    || count(
        distinct (
            filled(marketing_event_id), filled(contact_id),
            coalesce(filled(properties_occurred_at), created_at)
        )
    )
    || ' rows)'
from marketing_event_participant
where coalesce(upper(properties_attendance_state) not in ('REGISTERED', 'ATTENDED'), true)
group by upper(properties_attendance_state)
union all
select 'assets', 'email_campaign without content_id: no e-mail (' || count(*) || ' rows)'
from (
    select * from email_campaign
    qualify
        row_number() over (partition by filled(id) order by _pull desc, _load desc, _row desc) = 1
)
where filled(content_id) is null or content_id = '0'
having count(*) > 0
union all
select 'assets', 'contact_list dynamic or of other objects: no asset (' || count(*) || ' rows)'
from newest_lists('lists')
where not coalesce(is_static and has_contacts, false)
having count(*) > 0
union all
select 'events', 'sessions are per contact: submissions name no cookie'
where exists (select 1 from contact_form_submission)
union all
select
    'campaigns',
    'marketing_campaign without a time of creation: not landed (' || count(distinct record_id)
    || ')'
from campaign_versions
where created_text is null and not coalesce(is_deleted = 'true', false)
having count(*) > 0
union all
select
    'campaigns',
    'marketing_campaign: Fivetran documents no columns of it; '
    || 'those that are there were taken by name'
where exists (select 1 from campaign_versions)
union all
select
    'campaign_asset_log',
    'no asset type: ' || coalesce(upper(rows.asset_type), 'none') || ' (' || count(distinct rows.id)
    || ')'
from marketing_campaign_asset as rows
anti join asset_type_names() as names
    on upper(rows.asset_type) = names.kind or lower(rows.asset_type) = names.asset_type
group by upper(rows.asset_type)
