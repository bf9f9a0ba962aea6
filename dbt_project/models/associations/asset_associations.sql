{{ config(meta={'kept_before': true}) }}
-- One row per accepted association: the asset is in the campaign over [valid_from, valid_to), to
-- the instant (R20-R23). Home of "an asset moved at the instant of the click": the move ends the
-- old interval at that instant and opens the new one at it.
{{ needs('stg_assets') }}
with attempts as (
    select attempts.*
    from {{ ref('association_attempts') }} as attempts
    left join {{ ref('social_post_rejections') }} as rejections
        on attempts.log_id = rejections.log_id
    where rejections.log_id is null
),

{{ fold_intervals('attempts', ['asset_type', 'asset_id', 'exclusive_scope'], 'campaign_id') }}

{%- if var('backdate_associations') | string | lower == 'true' %},

first_ones as (
    -- A what-if question: an asset counts for its first campaign from its own creation on.
    select
        intervals.*,
        assets.created_at,
        row_number() over (
            partition by intervals.asset_type, intervals.asset_id
            order by intervals.valid_from, intervals.campaign_id
        ) as association
    from intervals
    left join {{ ref('stg_assets') }} as assets
        on intervals.asset_type = assets.asset_type and intervals.asset_id = assets.asset_id
)

select
    campaign_id,
    asset_type,
    asset_id,
    case
        when association = 1 and created_at < valid_from then created_at
        else valid_from
    end as valid_from,
    valid_to,
    ended_by,
    case
        when association = 1 and created_at < valid_from then 'assumed'
        else time_basis
    end as time_basis
from first_ones
{%- else %}

select campaign_id, asset_type, asset_id, valid_from, valid_to, ended_by, time_basis
from intervals
{%- endif %}
