-- One row per pair that came or went, by pulls or, in history mode, by its times. Within one
-- instant what comes is before what goes.
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
from table_first_seen('deal_contact', 'current_pairs', 'known_deals', 'contact_versions')
union all
select
    log_id(started_at, 'associated', [deal_id, contact_id]),
    with_portal(deal_id),
    with_portal(contact_id),
    'associated',
    iso(started_at),
    null,
    'first_seen',
    iso(loaded_at),
    _pull
from dated_stays
union all
select
    log_id(ended_at, 'removed', [deal_id, contact_id]),
    with_portal(deal_id),
    with_portal(contact_id),
    'removed',
    iso(ended_at),
    null,
    'first_seen',
    iso(loaded_at),
    _pull
from dated_stays
where ended_at is not null
