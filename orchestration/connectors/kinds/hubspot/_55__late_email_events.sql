-- These once more, as the pull after `done` tells them that first knew the e-mail.
select
    events.* replace (email_assets._pull as _pull, email_assets._pulled_at as _pulled_at),
    email_assets.email_id as asset_id
from unplaced_email_events as events
inner join fresh_email_assets as email_assets using (email_campaign_id)
where email_assets._pull > events._pull
