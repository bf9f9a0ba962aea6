select
    reasons.reason, count(*) as assets,
    list(
        visibility.asset_type || ' ' || visibility.asset_id
        order by visibility.asset_type, visibility.asset_id
    )[:3] as examples
from diagnostics.asset_visibility as visibility
cross join unnest(visibility.reasons) as reasons (reason)
where visibility.campaign_id = ? group by all order by assets desc, reasons.reason
limit ${top}
