-- HubSpot gives no date of an item but that of its creation.
select
    with_portal(item_id) as item_id,
    case when not is_deleted then with_portal(parent_id) end as campaign_id, item_name, amount,
    currency,
    day_of(created_at) as spent_on, case when is_deleted then 'true' end as _deleted,
    iso(_pulled_at) as _loaded_at, _pull,
    'assumed' as _basis
from money_items
where kind = 'spend'
