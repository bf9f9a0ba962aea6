-- One row per e-mail event: as the first pull told it, and once more where a later pull first knew
-- the e-mail. Only rows of pulls after `done`; of earlier events, those whose e-mail is known
-- since.
with repeated as (
    select id from fresh_email_events group by id having count(*) > 1
),

known as (
    select distinct id from earlier_email_events
    where id in (select id from fresh_email_events)
),

fresh as (
    select rows.* from fresh_email_events as rows
    anti join repeated on rows.id = repeated.id
    union all
    (
        select rows.* from fresh_email_events as rows
        semi join repeated on rows.id = repeated.id
        qualify row_number() over (partition by rows.id order by rows._pull, rows._load, rows._row)
        = 1
    )
),

-- E-mails of which only now is known what they are, and events came before.
late as (
    select email_campaign_id from fresh_email_assets
    where email_campaign_id in (select _key from earlier_mailed)
),

late_ids as (
    select distinct id from earlier_email_events
    where json_extract_string(payload, '$.emailCampaignId') in (select email_campaign_id from late)
),

earlier as (
    select rows.* from earlier_email_events as rows
    semi join late_ids on rows.id = late_ids.id
    qualify row_number() over (partition by rows.id order by rows._pull, rows._load, rows._row) = 1
),

told as (
    select * from fresh
    anti join known on fresh.id = known.id
    where filled(fresh.id) is not null
    union all
    select * from earlier
),

fields as (
    select
        id, _pull, _pulled_at,
        json_extract_string(payload, [
            '$.type', '$.created', '$.recipient', '$.emailCampaignId', '$.filteredEvent'
        ]) as fields
    from told
),

events as (
    select
        id, _pull, _pulled_at, upper(fields[1]) as hubspot_type,
        known_instant(fields[2]) as occurred_at, filled(fields[3]) as email,
        nullif(filled(fields[4]), '0') as email_campaign_id, truth_text(fields[5]) as is_filtered
    from fields
)

select
    events.*,
    case when email_assets._pull <= events._pull then email_assets.email_id end as asset_id,
    false as is_later
from events
left join email_assets using (email_campaign_id)
where events._pull > getvariable('done')
union all
select
    events.* replace (email_assets._pull as _pull, email_assets._pulled_at as _pulled_at),
    email_assets.email_id, true
from events
inner join email_assets using (email_campaign_id)
where email_assets._pull > greatest(events._pull, getvariable('done'))
