-- Which contacts a deal had in the pulls of its looks, one row per label; with both records'
-- creation as that pull knew it.
with current_pairs as (
    select distinct
        rows.parent_id, rows.id as child_id, rows._pull,
        nullif(json_extract_string(type.value, '$.label'), '') as label
    from deal_contacts as rows
    semi join deal_looks on rows.parent_id = deal_looks.parent_id and rows._pull = deal_looks._pull
    left join lateral (
        select value from json_each(rows.payload, '$.associationTypes')
    ) as type on true
    where filled(rows.id) is not null
),

with_deal as (
    select current_pairs.*, deal_versions.created_at as parent_created_at
    from current_pairs
    asof left join deal_versions
        on current_pairs.parent_id = deal_versions.id and current_pairs._pull >= deal_versions._pull
)

select
    with_deal.parent_id, null::varchar as kind, with_deal.child_id, with_deal.label,
    with_deal._pull, with_deal.parent_created_at,
    contact_versions.created_at as child_created_at
from with_deal
asof left join contact_versions
    on with_deal.child_id = contact_versions.id and with_deal._pull >= contact_versions._pull
