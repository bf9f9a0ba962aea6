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
from with_returns('campaign_versions', 'marketing_campaign')
where created_text is not null or is_deleted = 'true'
union all by name
select
    with_portal(record_id) as campaign_id,
    'true' as _deleted,
    iso(started_at) as _loaded_at,
    _pull
from absent('campaign_versions', 'marketing_campaign')
