select
    log_id(occurred_at, action, [parent_id, child_id, label]) as log_id,
    with_portal(parent_id) as deal_id,
    with_portal(child_id) as contact_id, action, iso(occurred_at) as occurred_at, label, time_basis,
    iso(started_at) as _loaded_at
from first_seen('deal_pairs', 'deal_looks')
where _pull > getvariable('done')
