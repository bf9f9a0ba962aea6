-- E-mail campaigns that events name, by the first pull that brought one.
select json_extract_string(payload, '$.emailCampaignId') as _key, '' as _said, min(_pull) as _pull
from fresh_email_events
where json_extract_string(payload, '$.emailCampaignId') is not null
group by _key
