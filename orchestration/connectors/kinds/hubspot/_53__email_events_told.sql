-- One row per e-mail event that pulls after `done` told first, with the e-mail as far as its pull
-- knew it.
with repeated as (
    select id from fresh_email_events group by id having count(*) > 1
),

known as (
    select distinct id from earlier_email_events
    where id in (select id from fresh_email_events)
),

told as (
    select rows.* from fresh_email_events as rows
    anti join repeated on rows.id = repeated.id
    anti join known on rows.id = known.id
    where filled(rows.id) is not null
    union all
    (
        select rows.* from fresh_email_events as rows
        semi join repeated on rows.id = repeated.id
        anti join known on rows.id = known.id
        where filled(rows.id) is not null
        qualify row_number() over (partition by rows.id order by rows._pull, rows._load, rows._row)
        = 1
    )
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
    case when email_assets._pull <= events._pull then email_assets.email_id end as asset_id
from events
left join email_assets using (email_campaign_id)
