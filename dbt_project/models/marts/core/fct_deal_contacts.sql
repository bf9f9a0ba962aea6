{{ config(materialized='view') }}
-- One row per deal, contact and span of time on the deal (R61).
select
    deal_id,
    contact_id,
    valid_from,
    valid_to,
    time_basis
from {{ ref('deal_contacts') }}
