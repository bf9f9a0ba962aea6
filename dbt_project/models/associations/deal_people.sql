{{ config(materialized='view') }}
-- One row per deal and surviving contact on it for any length of time (R94): a survivor's
-- contacts of all deals merged into it (R66), and a merged-away deal's own.
select distinct deal_id, contact_id
from {{ ref('deal_contact_spells') }}
union
select landed_deal_id as deal_id, contact_id
from {{ ref('deal_contact_spells') }}
