{{ config(materialized='view') }}
-- One row per deal and campaign of R94: how far the deal's contacts got on the way to counting for
-- the campaign.
with influencing as (
    -- Types decide here, as for the candidates.
    select
        interactions.contact_id, interactions.campaign_id,
        min(interactions.occurred_at) as first_influence_at
    from {{ ref('campaign_interactions') }} as interactions
    inner join {{ ref('interaction_types') }} as types on interactions.event_type = types.event_type
    where
        types.influences
        and interactions.contact_id in (
            select deal_contacts.contact_id
            from {{ ref('deal_contacts') }} as deal_contacts
            where {{ in_slice('deal_contacts.deal_id') }} {{ in_scope(
                'deal_contacts.deal_id', 'affected_deals'
            ) }}
        )
    group by interactions.contact_id, interactions.campaign_id
),

before_close as (
    select distinct deal_contacts.deal_id, deal_contacts.contact_id
    from {{ ref('deal_contacts') }} as deal_contacts
    inner join {{ ref('deals') }} as deals on deal_contacts.deal_id = deals.deal_id
    where
        deal_contacts.valid_from < deals.closed_at
        {{ in_scope('deal_contacts.deal_id', 'affected_deals') }}
        and {{ in_slice('deal_contacts.deal_id') }}
),

included as (
    select distinct deal_id, campaign_id
    from {{ ref('campaign_deals') }}
)

select
    candidates.deal_id,
    candidates.campaign_id,
    count(case when not candidates.is_contact_deleted then 1 end) > 0 as has_contact,
    count(case when not candidates.is_contact_deleted then before_close.contact_id end)
    > 0 as has_contact_before_close,
    count(path_contacts.contact_id) > 0 as has_contact_at_close,
    count(case when path_contacts.contact_id is not null then influencing.first_influence_at end)
    > 0 as has_influence,
    coalesce(
        min(case when path_contacts.contact_id is not null then influencing.first_influence_at end)
        <= max(deals.closed_at), false
    ) as has_influence_by_close,
    max(case when included.deal_id is not null then 1 else 0 end) = 1 as is_included,
    max(deals.deal_reason) as deal_reason
from {{ ref('deal_campaign_candidates') }} as candidates
inner join {{ ref('deals') }} as deals on candidates.deal_id = deals.deal_id
left join {{ ref('deal_path_contacts') }} as path_contacts
    on candidates.deal_id = path_contacts.deal_id
    and candidates.contact_id = path_contacts.contact_id
left join before_close
    on candidates.deal_id = before_close.deal_id and candidates.contact_id = before_close.contact_id
left join influencing
    on candidates.contact_id = influencing.contact_id
    and candidates.campaign_id = influencing.campaign_id
left join included
    on candidates.deal_id = included.deal_id and candidates.campaign_id = included.campaign_id
group by candidates.deal_id, candidates.campaign_id
