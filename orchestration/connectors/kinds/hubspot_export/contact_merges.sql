-- One row per contact that was merged away.
select
    loser_id as loser_contact_id,
    winner_id as winner_contact_id,
    merged_at,
    _loaded_at,
    _pull,
    _basis
from merge_rows('contact_claims')
