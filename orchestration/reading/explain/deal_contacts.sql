select
    spans.contact_id, contacts.email, spans.valid_from, spans.valid_to,
    spans.time_basis, spans.is_at_close, spans.reason
from core.fct_deal_contacts as spans
left join core.dim_contacts as contacts on spans.contact_id = contacts.contact_id
where spans.deal_id = ? order by spans.valid_from, spans.contact_id
