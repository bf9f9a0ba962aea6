{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={'replaces': {'key': 'deal_id', 'changed': ['affected_deals']}}
) }}
-- One row per landed deal: counted by some campaign, or the one reason that explains best why by
-- none (R97).
{{ needs('affected_deals') }}
with pairs as (
    select
        inclusion.deal_id,
        count(case when inclusion.is_included then 1 end) as campaigns,
        max(codes.position) as furthest
    from {{ ref('deal_inclusion') }} as inclusion
    left join {{ ref('reason_codes') }} as codes
        on inclusion.reason = codes.reason and codes.subject = 'deal'
    {{ in_scope('inclusion.deal_id', 'affected_deals', word='where') }}
    group by inclusion.deal_id
),

people as (
    select
        people.deal_id,
        count(contacts.contact_id) as known,
        count(case when not contacts.is_deleted then 1 end) as there
    from {{ ref('deal_people') }} as people
    left join {{ ref('contacts') }} as contacts on people.contact_id = contacts.contact_id
    group by people.deal_id
)

select
    deals.deal_id,
    case
        when pairs.campaigns > 0 then 'COUNTED'
        when codes.reason is not null then codes.reason
        when deals.deal_reason is not null then deals.deal_reason
        when people.deal_id is null then 'NO_CONTACT'
        when people.known = 0 then 'CONTACT_UNKNOWN'
        when people.there = 0 then 'CONTACT_DELETED'
        else 'NO_CAMPAIGN_INTERACTION'
    end as status,
    coalesce(pairs.campaigns, 0) as campaigns,
    deals.amount_home
from {{ ref('deals') }} as deals
left join pairs on deals.deal_id = pairs.deal_id
left join {{ ref('reason_codes') }} as codes
    on pairs.furthest = codes.position and codes.subject = 'deal'
left join people on deals.deal_id = people.deal_id
{{ in_scope('deals.deal_id', 'affected_deals', word='where') }}
