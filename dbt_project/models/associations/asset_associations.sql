{{ config(meta={'kept_before': true}) }}
-- One row per accepted association: the asset is in the campaign over [valid_from, valid_to), to the instant (R20-R23).
-- Home of "an asset moved at the instant of the click": the move ends the old interval at that instant and opens the new one at it.
with attempts as (
    select attempts.*
    from {{ ref('association_attempts') }} as attempts
    left join {{ ref('social_post_rejections') }} as rejections on attempts.log_id = rejections.log_id
    where rejections.log_id is null
),

{{ fold_intervals('attempts', ['asset_type', 'asset_id', 'exclusive_scope'], 'campaign_id') }}

select campaign_id, asset_type, asset_id, valid_from, valid_to, ended_by, time_basis
from intervals
