-- Who registered for or attended a marketing event, where that changed.
with participations as (
    select
        id, parent_id, _pull, _pulled_at,
        json_extract_string(payload, [
            '$.properties.attendanceState', '$.properties.occurredAt', '$.createdAt',
            '$.associations.contact.contactId',
            '$.associations.contact.email'
        ]) as fields
    from fresh_event_participations
),

attendances as (
    select
        case
            when filled(id) is not null
                then event_id('participation', parent_id || ':' || id || ':' || upper(fields[1]))
            else event_hash(
                'participation', [parent_id, fields[4], fields[5], upper(fields[1]), fields[2]]
            )
        end as event_id,
        case upper(fields[1])
            when 'REGISTERED' then 'marketing_event_registration'
            when 'ATTENDED' then 'marketing_event_attendance'
        end as event_type,
        coalesce(known_instant(fields[2]), known_instant(fields[3])) as occurred_at,
        filled(fields[4]) as contact_id,
        case when filled(fields[4]) is null then filled(fields[5]) end as email,
        parent_id as marketing_event_id, _pull, _pulled_at
    from participations
)

select distinct
    event_id as _key, hash(occurred_at, contact_id, email) as _said, attendances.*
from attendances
inner join _pulls as numbers on attendances._pull = numbers._pull
where
    event_type is not null and (numbers.since is null or occurred_at >= numbers.since)
