select merges.merged_id as deal_id, deals.deal_name, deals.amount_home,
    deals.deal_id is not null as has_record
from diagnostics.merges as merges
left join core.fct_deals as deals on merges.merged_id = deals.deal_id
where merges.subject = 'deal' and merges.survivor_id = ? order by merges.merged_id
