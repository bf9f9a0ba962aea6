select
    with_portal(loser_id) as loser_contact_id, with_portal(winner_id) as winner_contact_id,
    iso(merged_at) as merged_at,
    iso(_pulled_at) as _loaded_at, _pull,
    case when is_exact then 'exact' else 'first_seen' end as _basis
from contact_merged
