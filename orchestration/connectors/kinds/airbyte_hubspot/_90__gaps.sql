-- What came and is not landed, and why; each thing once, however often it was read.
select
    'events' as raw_table,
    'email_events ' || coalesce(upper(kind), 'without a type') || ': not landed ('
    || count(distinct coalesce(id, concat_ws('|', recipient, created_at))) || ' rows)' as reason
from email_hits
where coalesce(upper(kind) not in ('SENT', 'DELIVERED', 'BOUNCE', 'OPEN', 'CLICK'), true)
group by upper(kind)
union all
select
    'events',
    'contacts_list_memberships of dynamic lists or of other objects: not landed (' || count(*)
    || ' rows)'
from newest_members('list_members', 'lists')
where not is_static or not has_contacts
having count(*) > 0
union all
select
    'events',
    'form_submissions that contacts_form_submissions has, too: landed once (' || count(*)
    || ' rows)'
from (
    select
        guid(value_of(formid, _airbyte_data, '$.formId')) as form,
        epoch_ms(instant_of(value_of(submittedat, _airbyte_data, '$.submittedAt'))) as millisecond,
        value_of(conversionid, _airbyte_data, '$.conversionId') as conversion_id,
        value_of(pageurl, _airbyte_data, '$.pageUrl') as page_url,
        min(_pull) as _pull
    from form_submissions
    group by all
) as forms
inner join (
    select
        guid(form_id) as form, epoch_ms(instant_of(submitted_at)) as millisecond,
        min(_pull) as _pull
    from contact_submissions
    group by all
) as contacts
on
    forms.form = contacts.form
    and forms.millisecond = contacts.millisecond
    and forms._pull >= contacts._pull
having count(*) > 0
union all
select 'assets', 'campaigns without contentId: no e-mail (' || count(*) || ' rows)'
from (
    select * from campaign_versions
    qualify row_number() over (partition by id order by _pull desc, loaded_at desc) = 1
)
where content_id is null
having count(*) > 0
union all
select 'assets', 'contact_lists dynamic or of other objects: no asset (' || count(*) || ' rows)'
from newest_lists('lists')
where not coalesce(is_static and has_contacts, false)
having count(*) > 0
union all
select raw_table, stream || '.properties.' || property || ': no such column'
from (
    select raw_table, stream, unnest(properties) as property
    from (
        values
        (
            'contacts', 'contacts',
            [
                'email', 'hs_additional_emails', 'lifecyclestage', 'salesforcecampaignids',
                'salesforcecontactid', 'salesforceleadid'
            ]
        ),
        ('contact_merges', 'contacts', ['hs_calculated_merged_vids', 'hs_merged_object_ids']),
        ('events', 'contacts', ['hs_calculated_form_submissions']),
        (
            'deals', 'deals',
            [
                'dealname', 'pipeline', 'dealstage', 'amount', 'deal_currency_code', 'closedate',
                'hs_is_closed', 'hs_is_closed_won'
            ]
        ),
        ('deal_merges', 'deals', ['hs_merged_object_ids'])
    ) as wanted (raw_table, stream, properties)
) as wanted
anti join property_keys using (stream, property)
-- Flat ones are columns, of which the table says what it lacks.
where stream in (select stream from property_keys)
union all
select 'events', 'sessions are per contact: submissions name no cookie'
where exists (select 1 from contacts_form_submissions) or exists (select 1 from form_submissions)
