-- One row per campaign and version.
select
    with_portal(record_id) as campaign_id,
    coalesce(campaign_name, record_id) as campaign_name,
    iso_of(created_text) as created_at,
    start_date,
    end_date,
    status,
    owner,
    currency,
    is_deleted as _deleted,
    iso(loaded_at) as _loaded_at,
    _pull
from campaign_versions
where created_text is not null or is_deleted = 'true'
