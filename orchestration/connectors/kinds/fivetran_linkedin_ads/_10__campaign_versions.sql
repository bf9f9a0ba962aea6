-- One row per campaign and version.
select
    filled(id) as id,
    name,
    created_time::varchar as created_at,
    changed_at(last_modified_time) as changed_at,
    loaded(_fivetran_synced, _pulled_at) as loaded_at,
    _pull,
    _pulled_at
from campaign_history
