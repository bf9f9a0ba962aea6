select
    credited.campaign_id, credited.model, credited.revenue, dimension.campaign_name,
    credited.campaign_id is not null and performance.campaign_id is null as is_deleted
from marts.attributed_revenue as credited
left join core.dim_campaigns as dimension on credited.campaign_id = dimension.campaign_id
left join marts.campaign_performance as performance
    on credited.campaign_id = performance.campaign_id
order by credited.campaign_id, credited.model
