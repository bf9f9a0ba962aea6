-- One row per e-mail event: as the first pull told it, and once more where a later pull first knew the e-mail.
with told as (
    select
        id, _pull, _pulled_at,
        json_extract_string(payload, ['$.type', '$.created', '$.recipient', '$.emailCampaignId', '$.filteredEvent']) as fields
    from email_events
    where filled(id) is not null
    qualify row_number() over (partition by id order by _pull, _load, _row) = 1
),

events as (
    select
        id, _pull, _pulled_at, upper(fields[1]) as hubspot_type, known_instant(fields[2]) as occurred_at,
        filled(fields[3]) as email, nullif(filled(fields[4]), '0') as email_campaign_id, truth_text(fields[5]) as is_filtered
    from told
)

select
    events.*, case when email_assets._pull <= events._pull then email_assets.email_id end as asset_id
from events
left join email_assets using (email_campaign_id)
union all
select
    events.* replace (email_assets._pull as _pull, email_assets._pulled_at as _pulled_at), email_assets.email_id
from events
inner join email_assets using (email_campaign_id)
where email_assets._pull > events._pull
