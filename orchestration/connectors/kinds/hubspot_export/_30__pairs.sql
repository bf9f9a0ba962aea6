-- The contacts that each export names with a deal.
select
    deals.deal_id as parent_id,
    null::varchar as kind,
    unnest(
        list_filter(parts(deals.contact_ids), lambda contact_id: not is_rounded(contact_id))
    ) as child_id,
    null::varchar as label,
    deals._pull,
    known_instant(deals.created_at) as parent_created_at,
    null::timestamp as child_created_at
from (
    select * from deal_versions
    where contact_ids is not null
    qualify row_number() over (partition by deal_id, _pull order by loaded_at desc) = 1
) as deals
