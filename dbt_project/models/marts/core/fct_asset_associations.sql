{{ config(materialized='view') }}
-- One row per accepted association of an asset with a campaign (R20-R23).
select
    campaign_id,
    asset_type,
    asset_id,
    valid_from,
    valid_to,
    ended_by,
    time_basis
from {{ ref('asset_associations') }}
