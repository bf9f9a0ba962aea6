-- Contacts ever on the deal $key.
select
    links.contact_id,
    contacts.email,
    contacts.created_at,
    links.valid_from,
    links.valid_to,
    links.time_basis,
    links.is_at_close,
    links.reason
from core.fct_deal_contacts as links
left join core.dim_contacts as contacts on links.contact_id = contacts.contact_id
where links.deal_id = $key
order by links.valid_from, links.contact_id
limit 200
