-- One row per campaign and contact with revenue (R62).
select
    campaign_id,
    contact_id,
    count(*) as deals,
    cast(sum(revenue) as decimal(18, 2)) as revenue
from {{ ref('campaign_deals') }}
group by campaign_id, contact_id
