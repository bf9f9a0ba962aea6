{{ config(materialized='view') }}
-- One row per surviving contact (R10, R12).
select
    contact_id,
    {{ published_address('email') }} as email,
    created_at,
    lifecycle_stage,
    salesforce_campaign_ids,
    merged_contact_ids,
    is_deleted
from {{ ref('contacts') }}
