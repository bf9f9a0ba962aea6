-- The account of each campaign.
select filled(id) as campaign_id, filled(customer_id) as account_id, _pull, _pulled_at
from campaign_stats
