-- One row per asset that came to a campaign or left it, as whole readings of the table tell.
with log as (
    select
        *, split_part(child_id, ' ', 1) as asset_type,
        substr(child_id, strpos(child_id, ' ') + 1) as asset_id
    from table_first_seen(
        'marketing_campaign_asset', 'campaign_members', 'campaign_versions', 'member_creations'
    )
)

select
    log_id(occurred_at, action, [parent_id, asset_type, asset_id]) as log_id,
    with_portal(parent_id) as campaign_id,
    asset_type,
    with_portal(asset_id) as asset_id,
    action,
    iso(occurred_at) as occurred_at,
    time_basis,
    iso(started_at) as _loaded_at,
    _pull
from log
