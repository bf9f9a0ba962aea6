select
    spans.deal_id, deals.deal_name, spans.valid_from, spans.valid_to,
    spans.time_basis, spans.is_at_close, deals.closed_at, deals.amount_home,
    status.status, coalesce(linear.credit, 0) as linear_credit,
    spans.reason
from core.fct_deal_contacts as spans
left join core.fct_deals as deals on spans.deal_id = deals.deal_id
left join diagnostics.deal_status as status on spans.deal_id = status.deal_id
left join (
    select deal_id, sum(credit) as credit from marts.attribution_credits
    where contact_id = ? and model = 'linear' group by deal_id
) as linear on spans.deal_id = linear.deal_id
where spans.contact_id = ? order by spans.valid_from, spans.deal_id
