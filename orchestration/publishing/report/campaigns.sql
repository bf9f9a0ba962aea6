select
    performance.*, dimension.status, dimension.owner, dimension.start_date,
    dimension.end_date
from marts.campaign_performance as performance
left join core.dim_campaigns as dimension on performance.campaign_id = dimension.campaign_id
order by
    performance.revenue desc, performance.influenced_contacts desc,
    performance.sessions desc, performance.campaign_id
