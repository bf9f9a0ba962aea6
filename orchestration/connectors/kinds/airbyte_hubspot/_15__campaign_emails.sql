-- What says which e-mail an e-mail campaign sent: the e-mail itself is believed before the
-- campaign.
select
    unnest(json_texts(campaign_ids)) as campaign_id,
    id as content_id,
    2 as authority,
    loaded_at,
    _pull,
    _pulled_at
from email_versions
union all
select primary_id, id, 2, loaded_at, _pull, _pulled_at from email_versions
union all
select id, content_id, 1, loaded_at, _pull, _pulled_at from campaign_versions
