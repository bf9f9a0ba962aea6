select merges.survivor_id as deal_id, deals.deal_name, deals.amount_home,
    status.status, status.campaigns
from diagnostics.merges as merges
left join core.fct_deals as deals on merges.survivor_id = deals.deal_id
left join diagnostics.deal_status as status on merges.survivor_id = status.deal_id
where merges.subject = 'deal' and merges.merged_id = ?
