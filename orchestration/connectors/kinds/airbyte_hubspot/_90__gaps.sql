-- What came and is not landed, and why.
select
    'events' as raw_table,
    'email_events ' || coalesce(upper(kind), 'without a type') || ': not landed (' || count(*)
    || ' rows)' as reason
from email_hits
where coalesce(upper(kind) not in ('SENT', 'DELIVERED', 'BOUNCE', 'OPEN', 'CLICK'), true)
group by upper(kind)
union all
select
    'events',
    'contacts_list_memberships of dynamic lists or of other objects: not landed (' || count(*)
    || ' rows)'
from list_members as members
asof inner join lists on members.list_id = lists.list_id and members._pull >= lists._pull
where not lists.is_static or not lists.has_contacts
having count(*) > 0
union all
select
    'events',
    'form_submissions that contacts_form_submissions has, too: landed once (' || count(*)
    - (select count(*) from form_hits)
    || ' rows)'
from form_submissions
having count(*) > (select count(*) from form_hits)
union all
select 'assets', 'campaigns without contentId: no e-mail (' || count(*) || ' rows)'
from campaign_versions
where content_id is null
having count(*) > 0
union all
select 'assets', 'contact_lists dynamic or of other objects: no asset (' || count(*) || ' rows)'
from lists
where not coalesce(is_static and has_contacts, false)
having count(*) > 0
union all
select 'events', 'sessions are per contact: submissions name no cookie'
where exists (select 1 from contacts_form_submissions) or exists (select 1 from form_submissions)
