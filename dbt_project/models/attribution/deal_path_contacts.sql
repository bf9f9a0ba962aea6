-- One row per deal with a close and contact on it as of the close (R60, R61): associated strictly
-- before it, still at it, and not deleted (R12).
select
    deals.deal_id,
    deal_contacts.contact_id,
    deal_contacts.valid_from,
    contacts.created_at as contact_created_at
from {{ ref('deals') }} as deals
inner join {{ ref('deal_contacts') }} as deal_contacts on deals.deal_id = deal_contacts.deal_id
inner join {{ ref('contacts') }} as contacts on deal_contacts.contact_id = contacts.contact_id
where
    deal_contacts.valid_from < deals.closed_at
    and (deal_contacts.valid_to is null or deal_contacts.valid_to > deals.closed_at)
    and not contacts.is_deleted
