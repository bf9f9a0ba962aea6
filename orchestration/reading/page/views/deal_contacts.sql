-- Contacts ever on the deal $key, with how many of their interactions are in its path. Of many,
-- those in the path come first.
with credited as (
    select
        contact_id,
        count(distinct event_id) as in_path
    from marts.attribution_credits
    where deal_id = $key
    group by contact_id
)

select
    links.contact_id,
    contacts.email,
    contacts.created_at,
    links.valid_from,
    links.valid_to,
    links.time_basis,
    links.is_at_close,
    links.reason,
    coalesce(credited.in_path, 0) as in_path,
    links.contact_id in (select contact_id from core.fct_interactions) as has_interactions
from core.fct_deal_contacts as links
left join core.dim_contacts as contacts on links.contact_id = contacts.contact_id
left join credited on links.contact_id = credited.contact_id
where links.deal_id = $key
order by in_path = 0, links.valid_from, links.contact_id
limit $people
