-- What the coverage counts of events, by the pull that brought them.
select
    'events' as raw_table,
    coalesce('e-mail events of type ' || hubspot_type, 'e-mail events without a type') as what,
    count(*) as times, _pull
from email_events_told
where coalesce(hubspot_type, '') not in ('SENT', 'DELIVERED', 'BOUNCE', 'OPEN', 'CLICK')
group by hubspot_type, _pull
