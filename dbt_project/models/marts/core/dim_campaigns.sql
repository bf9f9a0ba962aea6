{{ config(materialized='view') }}
-- One row per campaign that has a record (R01).
select
    campaign_id,
    campaign_name,
    created_at,
    start_date,
    end_date,
    status,
    owner,
    currency,
    utm_aliases,
    is_deleted
from {{ ref('campaigns') }}
