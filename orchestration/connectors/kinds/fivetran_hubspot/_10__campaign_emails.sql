-- What says which e-mail an e-mail campaign sent.
select
    filled(id) as campaign_id,
    filled(content_id) as content_id,
    1 as authority,
    version_loaded(
        _fivetran_active, is_newest, _fivetran_start, _fivetran_synced, _pulled_at
    ) as loaded_at,
    _pull,
    _pulled_at
from (select *, is_newest_version(id, _fivetran_start, _pull) as is_newest from email_campaign)
