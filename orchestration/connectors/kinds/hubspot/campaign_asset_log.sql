-- What looks and revisions of pulls after `done` tell: getvariable('done').
select
    log_id(occurred_at, action, [parent_id, asset_type, child_id]) as log_id,
    with_portal(parent_id) as campaign_id, asset_type,
    with_portal(child_id) as asset_id, action, iso(occurred_at) as occurred_at, time_basis,
    iso(started_at) as _loaded_at
from asset_log
