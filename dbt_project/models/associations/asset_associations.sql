{{ config(meta={'kept_before': true}) }}
-- One row per accepted association: the asset is in the campaign over [valid_from, valid_to), to
-- the instant (R20-R23). Home of "an asset moved at the instant of the click": the move ends the
-- old interval at that instant and opens the new one at it.
{{ needs('stg_assets') }}
{%- set is_backdated = var('backdate_associations') | string | lower == 'true' %}
with attempts as (
    select attempts.*
    from {{ ref('association_attempts') }} as attempts
    left join {{ ref('social_post_rejections') }} as rejections
        on attempts.log_id = rejections.log_id
    where rejections.log_id is null
),

{{ fold_intervals('attempts', ['asset_type', 'asset_id', 'exclusive_scope'], 'campaign_id') }}

{%- if is_backdated %},

first_ones as (
    -- A what-if question: an asset counts for its first campaign from its own creation on.
    select
        intervals.*,
        assets.created_at,
        row_number() over (
            partition by intervals.asset_type, intervals.asset_id
            order by intervals.valid_from, intervals.campaign_id
        ) = 1 and assets.created_at < intervals.valid_from as is_assumed
    from intervals
    left join {{ ref('stg_assets') }} as assets
        on intervals.asset_type = assets.asset_type and intervals.asset_id = assets.asset_id
),

backdated as (
    select
        campaign_id,
        asset_type,
        asset_id,
        case when is_assumed then created_at else valid_from end as valid_from,
        valid_to,
        ended_by,
        case when is_assumed then 'assumed' else time_basis end as time_basis
    from first_ones
)
{%- endif %}

select campaign_id, asset_type, asset_id, valid_from, valid_to, ended_by, time_basis
from {{ 'backdated' if is_backdated else 'intervals' }}
