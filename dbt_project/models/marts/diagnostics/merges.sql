{{ config(materialized='view') }}
-- One row per merged-away id of a contact or a deal: the one that it is part of at the end of its
-- chain (R10, R66), with a record or without.
with merged_ids as (
    select 'contact' as subject, contact_id as merged_id, survivor_contact_id as survivor_id
    from {{ ref('contact_survivors') }}
    union all
    select 'deal' as subject, deal_id as merged_id, survivor_deal_id as survivor_id
    from {{ ref('deal_survivors') }}
)

select subject, merged_id, survivor_id
from merged_ids
where merged_id <> survivor_id
