{{ config(materialized='view') }}
-- One row per campaign, metric and contact that counts here, as reported lists name them (R120),
-- with the date that it counts by: creation for both touches, influence, the earliest close.
select campaign_id, 'first_touch' as metric, contact_id, contact_created_at as counted_at
from {{ ref('first_touch_contacts') }}
union all
select campaign_id, 'last_touch' as metric, contact_id, contact_created_at as counted_at
from {{ ref('last_touch_contacts') }}
union all
select campaign_id, 'influenced' as metric, contact_id, influenced_at as counted_at
from {{ ref('influenced_contacts') }}
union all
select campaign_id, 'revenue' as metric, contact_id, min(closed_at) as counted_at
from {{ ref('campaign_deals') }}
group by campaign_id, contact_id
