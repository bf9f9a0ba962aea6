{{ config(materialized='view') }}
-- One row per asset that has a record (R02).
select
    asset_type,
    asset_id,
    asset_name,
    url,
    network,
    has_form,
    created_at,
    published_at,
    is_deleted
from {{ ref('assets') }}
