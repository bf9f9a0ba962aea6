-- Which contacts a deal had in the pulls of its looks, one row per label; with both records'
-- creation as that pull knew it.
with pairs as (
    select * from deal_contacts_seen
    semi join deal_looks
        on
            deal_contacts_seen.parent_id = deal_looks.parent_id
            and deal_contacts_seen._pull = deal_looks._pull
),

with_deal as (
    select pairs.*, deal_versions.created_at as parent_created_at
    from pairs
    asof left join deal_versions
        on pairs.parent_id = deal_versions.id and pairs._pull >= deal_versions._pull
)

select
    with_deal.parent_id, null::varchar as kind, with_deal.contact_id as child_id, with_deal.label,
    with_deal._pull, with_deal.parent_created_at,
    contact_versions.created_at as child_created_at
from with_deal
asof left join contact_versions
    on with_deal.contact_id = contact_versions.id and with_deal._pull >= contact_versions._pull
