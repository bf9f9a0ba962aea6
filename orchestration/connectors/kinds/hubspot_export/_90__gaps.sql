-- What came and is not landed, and why; each thing once, however often it was read.
select
    'events' as raw_table,
    kind || ' without a time in the export: not landed ('
    || count(distinct (filled(email_id), lower(trim(email)))) || ' rows)' as reason
from recipient_events
where local_instant(told) is null
group by kind
union all
select
    'reported_metrics' as raw_table,
    'no Campaign ID, and no export of campaigns has just one of that name: not landed ('
    || sum(times)::bigint || ' rows)' as reason
from (
    -- As many as one pull had of a name: later ones tell of the same campaigns.
    select campaign_name, max(times) as times
    from (
        select campaign_name, _pull, count(*) as times from reports
        where campaign_id is null
        group by all
    )
    group by campaign_name
)
having count(*) > 0
union all
select
    'reported_metrics' as raw_table,
    'money in another currency than the home one: not landed (' || count(distinct campaign_id)
    || ' campaigns)' as reason
from reports
where campaign_id is not null and not is_home
having count(*) > 0
union all
select
    raw_table,
    'ids that a spreadsheet rounded, such as ' || min(id) || ': not landed (' || count(*)
    || ' rows); export again and do not save the file in between'
from (
    select distinct 'contacts' as raw_table, record_id as id, email as said from contacts
    union all
    select distinct 'deals', record_id, deal_name from deals
    union all
    select distinct 'deal_contact_log', unnest(parts(contact_ids)), record_id from deals
)
where is_rounded(id)
group by raw_table
union all
select
    'deals',
    'exports without Is Closed Won or Deal probability: not landed (' || count(distinct record_id)
    || ' deals that no later export has); export them again with it'
from deals
anti join deal_versions
    on filled(deals.record_id) = deal_versions.deal_id and deals._pull <= deal_versions._pull
where is_closed_won is null and probability is null and not is_rounded(deals.record_id)
having count(*) > 0
union all
-- A label that the newest export of a record has not, and an earlier one had: the value is empty
-- now. A cell without a text is no null.
select
    raw_table,
    raw_table || '.' || label || ': not in the newest export of ' || count(*) || ' records that '
    || 'had it, and so left empty'
from (
    select
        raw_table, record_id, label,
        arg_max_null(said, (_pull, _load, _row)) is null and count(said) > 0 as is_lost
    from (
        select
            'contacts' as raw_table, filled(record_id) as record_id, label, said, _pull, _load,
            _row
        from contacts
        unpivot include nulls (
            said for label in (
                email, additional_emails, lifecycle_stage, salesforce_campaign_ids
            )
        )
        union all
        select 'deals', filled(record_id), label, said, _pull, _load, _row
        from deals
        unpivot include nulls (
            said for label in (deal_name, pipeline, stage, amount, currency, created_at)
        )
    )
    group by raw_table, record_id, label
)
where is_lost
group by raw_table, label
union all
-- Files and sheets of which nothing is known, as the newest pull says.
select 'contacts', parent_id || coalesce(', sheet ' || asset_type, '') || ': ' || reason
from pulls
where
    status = 'unknown export'
    and _pull = (select max(_pull) from _pulls where is_finished)
