-- Event occurrences of contacts, each as the first pull told it.
with told as (
    select
        id, kind, _pull, _pulled_at, _load, _row,
        json_extract_string(payload, [
            '$.objectType', '$.objectId', '$.occurredAt', '$.properties.hs_page_id',
            '$.properties.hs_url',
            '$.properties.hs_query_params', '$.properties.hs_referrer',
            '$.properties.hs_interaction_type',
            '$.properties.hs_ad_campaign_id', '$.properties.hs_form_id', '$.eventType'
        ]) as fields
    from fresh_event_occurrences
),

parsed as (
    select
        coalesce(
            event_id('event', filled(id)),
            event_hash('event', [kind, fields[2], fields[3], fields[5]])
        ) as _key,
        '' as _said, kind, known_instant(fields[3]) as occurred_at, filled(fields[2]) as contact_id,
        filled(fields[4]) as page_id,
        case
            when contains(filled(fields[5]), '?') or filled(fields[6]) is null
                then filled(fields[5])
            else filled(fields[5]) || '?' || ltrim(filled(fields[6]), '?')
        end as url,
        filled(fields[7]) as referrer, upper(filled(fields[8])) as interaction,
        filled(fields[9]) as ad_campaign_id,
        guid(fields[10]) as form_id, _pull, _pulled_at, _load, _row
    from told
    where upper(coalesce(filled(fields[1]), 'CONTACT')) in ('CONTACT', '0-1')
)

select parsed.* exclude (_load, _row)
from parsed
inner join _pulls as numbers on parsed._pull = numbers._pull
where numbers.since is null or occurred_at >= numbers.since
qualify row_number() over (partition by _key order by parsed._pull, _load, _row) = 1
