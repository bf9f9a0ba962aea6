-- Campaigns with their published numbers, and what $model gives them.
with credited as (
    select *
    from marts.attributed_revenue
    where model = $model
)

select
    numbers.campaign_id,
    numbers.sessions,
    numbers.new_contacts_first_touch,
    numbers.new_contacts_last_touch,
    numbers.influenced_contacts,
    coalesce(credited.deals, 0) as deals,
    coalesce(credited.revenue, 0) as revenue,
    numbers.spend,
    numbers.total_cost
from marts.campaign_performance as numbers
left join credited on numbers.campaign_id = credited.campaign_id
where ${where}
