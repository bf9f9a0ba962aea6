select
    with_portal(loser_id) as loser_deal_id, with_portal(winner_id) as winner_deal_id,
    iso(merged_at) as merged_at,
    iso(_pulled_at) as _loaded_at, _pull,
    case when is_exact then 'exact' else 'first_seen' end as _basis
from deal_merged
