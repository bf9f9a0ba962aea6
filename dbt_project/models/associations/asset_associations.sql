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
        row_number() over (
            partition by asset_type, asset_id order by valid_from, campaign_id
        ) as association
    from intervals
)

select
    first_ones.campaign_id,
    first_ones.asset_type,
    first_ones.asset_id,
    case
        when first_ones.association = 1 and assets.created_at < first_ones.valid_from
            then assets.created_at
        else first_ones.valid_from
    end as valid_from,
    first_ones.valid_to,
    first_ones.ended_by,
    case
        when first_ones.association = 1 and assets.created_at < first_ones.valid_from
            then 'assumed'
        else first_ones.time_basis
    end as time_basis
from first_ones
left join {{ ref('stg_assets') }} as assets
    on first_ones.asset_type = assets.asset_type and first_ones.asset_id = assets.asset_id
{%- else %}

select campaign_id, asset_type, asset_id, valid_from, valid_to, ended_by, time_basis
from intervals
{%- endif %}
