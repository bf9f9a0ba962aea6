{{ config(materialized='view') }}
-- One row per contact with an unfiltered event that influenced nothing for any campaign: its first
-- event, and how far what it did got (R98).
with uncounted as (
    select
        contact_id, event_id, event_type, occurred_at, asset_type, asset_id, utm_campaign,
        influences
    from {{ ref('interactions') }}
    where
        contact_id is not null
        and not is_filtered
        {{ in_scope('contact_id', ['affected_contacts', 'affected_people']) }}
        and contact_id not in (
            select counted.contact_id
            from {{ ref('campaign_interactions') }} as counted
            where counted.influences and counted.contact_id is not null
        )
),

assets as (
    select distinct asset_type, asset_id
    from {{ ref('asset_associations') }}
),

aliases as (
    select distinct utm_campaign
    from {{ ref('campaign_aliases') }}
),

doings as (
    select
        uncounted.contact_id,
        min(uncounted.occurred_at) as first_event_at,
        max(
            case
                when assets.asset_id is not null or aliases.utm_campaign is not null then 1
                else 0
            end
        ) = 1 as met_a_campaign,
        max(
            case
                when
                    uncounted.influences
                    and (assets.asset_id is not null or aliases.utm_campaign is not null)
                    then 1
                else 0
            end
        ) = 1 as met_by_influence
    from uncounted
    left join assets
        on uncounted.asset_type = assets.asset_type and uncounted.asset_id = assets.asset_id
    left join aliases
        on uncounted.utm_campaign = aliases.utm_campaign and uncounted.event_type = 'page_view'
    group by uncounted.contact_id
)

select
    doings.contact_id,
    min(uncounted.event_id) as first_event_id,
    doings.met_a_campaign,
    doings.met_by_influence
from doings
inner join uncounted
    on doings.contact_id = uncounted.contact_id and doings.first_event_at = uncounted.occurred_at
group by doings.contact_id, doings.met_a_campaign, doings.met_by_influence
