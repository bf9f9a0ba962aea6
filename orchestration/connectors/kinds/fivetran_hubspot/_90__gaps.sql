-- What came and is not landed, and why.
select
    'events' as raw_table,
    'email_event ' || coalesce(upper("type"), 'without a type') || ': not landed (' || count(*)
    || ' rows)' as reason
from email_event
where coalesce(upper("type") not in ('SENT', 'DELIVERED', 'BOUNCE', 'OPEN', 'CLICK'), true)
group by upper("type")
union all
select
    'events',
    'contact_list_member of dynamic lists or of other objects: not landed (' || count(*) || ' rows)'
from list_members as members
asof inner join lists on members.list_id = lists.list_id and members._pull >= lists._pull
where not lists.is_static or not lists.has_contacts
having count(*) > 0
union all
select
    'events',
    'marketing_event_participant '
    || coalesce(upper(properties_attendance_state), 'without a state')
    || ': not landed (' || count(*) || ' rows)'
from marketing_event_participant
where coalesce(upper(properties_attendance_state) not in ('REGISTERED', 'ATTENDED'), true)
group by upper(properties_attendance_state)
union all
select 'assets', 'email_campaign without content_id: no e-mail (' || count(*) || ' rows)'
from email_campaign
where filled(content_id) is null or content_id = '0'
having count(*) > 0
union all
select 'assets', 'contact_list dynamic or of other objects: no asset (' || count(*) || ' rows)'
from lists
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
