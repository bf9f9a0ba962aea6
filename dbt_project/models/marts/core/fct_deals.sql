{{ config(materialized='view') }}
-- One row per deal (R60, R65).
select
    deal_id,
    deal_name,
    pipeline,
    stage,
    is_closed_won,
    amount,
    currency,
    amount_home,
    created_at,
    closed_at,
    is_deleted,
    merged_into
from {{ ref('deals') }}
