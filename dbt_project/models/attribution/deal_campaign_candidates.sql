{{ config(materialized='view') }}
-- One row per deal, campaign and contact ever on the deal, a deleted one, too, whose interactions
-- could have counted, whatever the time (R94): the pairs that get a reason.
with deal_people as (
    select people.deal_id, people.contact_id, contacts.is_deleted
    from {{ ref('deal_people') }} as people
    inner join {{ ref('deals') }} as deals on people.deal_id = deals.deal_id
    inner join {{ ref('contacts') }} as contacts on people.contact_id = contacts.contact_id
    where {{ in_slice('deals.deal_id') }} {{ in_scope('deals.deal_id', 'affected_deals') }}
),

doings as (
    -- Types decide here; R34 and R35 are not asked.
    select distinct
        interactions.contact_id,
        interactions.asset_type,
        interactions.asset_id,
        case
            when interactions.event_type = 'page_view' then interactions.utm_campaign
        end as utm_campaign
    from {{ ref('interactions') }} as interactions
    inner join {{ ref('interaction_types') }} as types on interactions.event_type = types.event_type
    where
        not interactions.is_filtered
        and (types.influences or types.earns_revenue)
        and interactions.contact_id in (select deal_people.contact_id from deal_people)
),

asset_campaigns as (
    select distinct asset_type, asset_id, campaign_id
    from {{ ref('asset_associations') }}
),

contact_campaigns as (
    select doings.contact_id, asset_campaigns.campaign_id
    from doings
    inner join asset_campaigns
        on doings.asset_type = asset_campaigns.asset_type
        and doings.asset_id = asset_campaigns.asset_id
    union
    select doings.contact_id, aliases.campaign_id
    from doings
    inner join {{ ref('campaign_aliases') }} as aliases
        on doings.utm_campaign = aliases.utm_campaign
)

select
    deal_people.deal_id,
    contact_campaigns.campaign_id,
    deal_people.contact_id,
    deal_people.is_deleted as is_contact_deleted
from deal_people
inner join contact_campaigns on deal_people.contact_id = contact_campaigns.contact_id
