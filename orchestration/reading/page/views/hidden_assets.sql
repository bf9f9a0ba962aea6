-- Assets that the campaign $key does not show, by reason.
with hidden as (
    select unnest(reasons) as reason
    from diagnostics.asset_visibility
    where campaign_id = $key and not is_visible
)

select reason, count(*) as number
from hidden
group by reason
order by number desc, reason
