-- One row per deal whose path and reasons an increment computes anew: the deal, what was merged
-- into it, its contacts, or what they did changed, or what they did counts for another campaign
-- ever (R60, R61, R66, R70, R94). Empty in a full build.
with records as (
    {{ changed_rows(
        'deals', ['deal_id', 'amount_home', 'created_at', 'closed_at', 'deal_reason']
    ) | indent(4) }}
),

spells as (
    {{ changed_rows(
        'deal_contact_spells', ['landed_deal_id', 'deal_id', 'contact_id', 'valid_from', 'valid_to']
    ) | indent(4) }}
)

select deal_id
from records
union
select deal_id
from spells
union
select landed_deal_id as deal_id
from spells
union
select people.deal_id
from {{ ref('deal_people') }} as people
inner join {{ ref('affected_people') }} as affected on people.contact_id = affected.contact_id
