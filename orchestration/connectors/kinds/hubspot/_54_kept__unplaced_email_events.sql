-- E-mail events whose e-mail their pull did not know.
select * exclude (asset_id)
from email_events_told
where asset_id is null and email_campaign_id is not null
