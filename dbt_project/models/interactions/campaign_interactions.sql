-- One row per unfiltered event and campaign that it counts for, and why (R30-R32): the as-of join.
with counted as (
    select
        event_id,
        event_type,
        occurred_at,
        contact_id,
        session_id,
        asset_type,
        asset_id,
        utm_campaign,
        influences,
        earns_revenue
    from {{ ref('interactions') }}
    where not is_filtered
),

by_asset as (
    select counted.event_id, associations.campaign_id, 1 as is_by_asset, 0 as is_by_utm
    from counted
    inner join {{ ref('asset_associations') }} as associations
        on counted.asset_type = associations.asset_type
        and counted.asset_id = associations.asset_id
        and counted.occurred_at >= associations.valid_from
        and (associations.valid_to is null or counted.occurred_at < associations.valid_to)
),

by_utm as (
    select counted.event_id, aliases.campaign_id, 0 as is_by_asset, 1 as is_by_utm
    from counted
    inner join {{ ref('campaign_aliases') }} as aliases
        on counted.utm_campaign = aliases.utm_campaign
        and counted.occurred_at >= aliases.counts_from
    where counted.event_type = 'page_view'
),

matches as (
    select
        event_id,
        campaign_id,
        max(is_by_asset) as is_by_asset,
        max(is_by_utm) as is_by_utm
    from (
        select event_id, campaign_id, is_by_asset, is_by_utm from by_asset
        union all
        select event_id, campaign_id, is_by_asset, is_by_utm from by_utm
    ) as both_ways
    group by event_id, campaign_id
)

select
    matches.event_id,
    matches.campaign_id,
    counted.contact_id,
    counted.session_id,
    counted.event_type,
    counted.occurred_at,
    case
        when matches.is_by_asset = 1 and matches.is_by_utm = 1 then 'both'
        when matches.is_by_asset = 1 then 'asset'
        else 'utm'
    end as basis,
    counted.influences,
    counted.earns_revenue,
    counted.asset_type,
    counted.asset_id
from matches
inner join counted on matches.event_id = counted.event_id
