-- The campaigns with most revenue, as the table after a run shows them.
select
    performance.campaign_name,
    performance.sessions,
    performance.new_contacts_first_touch,
    performance.new_contacts_last_touch,
    performance.influenced_contacts,
    performance.deals,
    performance.revenue,
    first_model.revenue,
    last_model.revenue,
    performance.spend,
    performance.roi
from marts.campaign_performance as performance
left join marts.attributed_revenue as first_model
    on performance.campaign_id = first_model.campaign_id
    and first_model.model = 'first_interaction'
left join marts.attributed_revenue as last_model
    on performance.campaign_id = last_model.campaign_id
    and last_model.model = 'last_interaction'
order by
    performance.revenue desc, performance.influenced_contacts desc, performance.campaign_name
limit 25
