select
    credits.campaign_id, campaigns.campaign_name, credits.model,
    sum(credits.credit) as credit, sum(credits.amount) as amount,
    count(*) as touches
from marts.conversion_credits as credits
left join core.dim_campaigns as campaigns on credits.campaign_id = campaigns.campaign_id
where credits.conversion = ? and credits.subject_id = ?
group by all order by credits.campaign_id nulls last, credits.model
