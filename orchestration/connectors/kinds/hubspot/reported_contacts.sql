-- The contacts that HubSpot counts, list by list, of pulls after getvariable('done'). A list that
-- was not read whole would drop contacts: it does not land.
select distinct
    getvariable('source') as source, with_portal(rows.parent_id) as campaign_id,
    case rows.kind
        when 'contactFirstTouch' then 'first_touch'
        when 'contactLastTouch' then 'last_touch'
        when 'influencedContacts' then 'influenced'
    end as metric,
    with_portal(rows.id) as contact_id, iso(rows._pulled_at) as reported_at,
    iso(rows._pulled_at) as _loaded_at, rows._pull
from fresh_report_contacts as rows
inner join ledger
    on
        ledger.table_name = 'report_contacts'
        and rows.parent_id = ledger.parent_id
        and rows.kind = ledger.asset_type
        and rows._pull = ledger._pull and ledger.is_complete
where filled(rows.id) is not null
