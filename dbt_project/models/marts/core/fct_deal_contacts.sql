{{ config(materialized='view') }}
-- One row per deal, contact and span of time on the deal (R61).
select
    spans.deal_id,
    spans.contact_id,
    spans.valid_from,
    spans.valid_to,
    spans.time_basis,
    path_contacts.contact_id is not null as is_at_close
from {{ ref('deal_contacts') }} as spans
left join {{ ref('deal_path_contacts') }} as path_contacts
    on
        spans.deal_id = path_contacts.deal_id
        and spans.contact_id = path_contacts.contact_id
        and spans.valid_from = path_contacts.valid_from
