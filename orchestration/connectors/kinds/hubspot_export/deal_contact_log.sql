-- One row per pair that came or went, as the exports of its deal saw it.
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
from first_seen('dated_pairs', 'looks')
