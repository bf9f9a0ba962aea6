{{ config(materialized='scoped') }}
{%- set columns = [
    'event_id', 'event_type', 'occurred_at', 'visitor_id', 'contact_id', 'session_id', 'asset_type',
    'asset_id', 'influences', 'earns_revenue',
] %}
-- One row per unfiltered event and campaign that it counts for, and why (R30-R32): the as-of join.
-- In an increment, of the affected events.
with counted as {{ computed_anew() }} (
    select
        {{ columns | join(', ') }},
        utm_campaign
    from {{ ref('interactions') }}
    where not is_filtered and {{ in_slice('event_id') }} {{ in_scope(
        'event_id', 'affected_campaign_events'
    ) }}
),

by_asset as (
    select counted.*, associations.campaign_id
    from counted
    inner join {{ ref('asset_associations') }} as associations
        on counted.asset_type = associations.asset_type
        and counted.asset_id = associations.asset_id
        and counted.occurred_at >= associations.valid_from
        and (associations.valid_to is null or counted.occurred_at < associations.valid_to)
),

by_utm as (
    select counted.*, aliases.campaign_id
    from counted
    inner join {{ ref('campaign_aliases') }} as aliases
        on counted.utm_campaign = aliases.utm_campaign
        and counted.occurred_at >= aliases.counts_from
    where counted.event_type = 'page_view'
)

select
    coalesce(by_asset.campaign_id, by_utm.campaign_id) as campaign_id,
    {%- for column in columns %}
        coalesce(by_asset.{{ column }}, by_utm.{{ column }}) as {{ column }},
    {%- endfor %}
    case
        when by_utm.event_id is null then 'asset'
        when by_asset.event_id is null then 'utm'
        else 'both'
    end as basis
from by_asset
full outer
join by_utm on by_asset.event_id = by_utm.event_id and by_asset.campaign_id = by_utm.campaign_id
