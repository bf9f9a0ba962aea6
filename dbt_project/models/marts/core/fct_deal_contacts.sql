{{ config(materialized='view') }}
-- One row per deal, contact and span of time on the deal (R61). `deal_path_contacts` says which of
-- them are in the path (R12, R60); a reason only names what the others lack.
select
    spans.deal_id,
    spans.contact_id,
    spans.valid_from,
    spans.valid_to,
    spans.time_basis,
    path_contacts.contact_id is not null as is_at_close,
    case
        when path_contacts.contact_id is not null then null
        when contacts.contact_id is null then 'CONTACT_UNKNOWN'
        when contacts.is_deleted then 'CONTACT_DELETED'
        when deals.deal_id is null then 'DEAL_UNKNOWN'
        when deals.closed_at is null then 'NO_CLOSE_TIME'
        when spans.valid_from < deals.closed_at then 'CONTACT_REMOVED_BEFORE_CLOSE'
        else 'CONTACT_ASSOCIATED_AFTER_CLOSE'
    end as reason
from {{ ref('deal_contacts') }} as spans
left join {{ ref('deal_path_contacts') }} as path_contacts
    on spans.deal_id = path_contacts.deal_id
    and spans.contact_id = path_contacts.contact_id
    and spans.valid_from = path_contacts.valid_from
left join {{ ref('contacts') }} as contacts on spans.contact_id = contacts.contact_id
left join {{ ref('deals') }} as deals on spans.deal_id = deals.deal_id
