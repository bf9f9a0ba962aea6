-- One row per pair that came or went, by the contacts that each deal names. Within one instant what
-- comes is before what goes.
select
    log_id(occurred_at, action, [parent_id, child_id]) as log_id,
    with_portal(parent_id) as deal_id,
    with_portal(child_id) as contact_id,
    action,
    iso(occurred_at) as occurred_at,
    null as label,
    time_basis,
    iso(started_at) as _loaded_at,
    _pull
from table_first_seen('deals', 'current_pairs', 'known_deals', 'contact_versions')
