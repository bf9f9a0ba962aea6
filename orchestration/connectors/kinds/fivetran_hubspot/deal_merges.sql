-- One row per deal that was merged away; no table says when.
select
    loser_id as loser_deal_id,
    winner_id as winner_deal_id,
    merged_at,
    _loaded_at,
    _pull,
    _basis
from merge_rows('deal_claims')
