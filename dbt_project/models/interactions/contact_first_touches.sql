{{ config(materialized='view') }}
-- One row per contact: the first page view ever, where it is not after the contact's creation
-- (R50).
select contact_id, contact_created_at, event_id, channel
from {{ ref('contact_first_views') }}
where occurred_at <= contact_created_at
