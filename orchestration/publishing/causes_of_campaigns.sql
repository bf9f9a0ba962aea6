-- Records that concern a campaign: events that count for it (before, where edited), deals that do
-- or did, what people did whose interactions count for it, assets that are or were in it, and what
-- names it or did.
with people as (
    select
        records.record, records.kind, coalesce(
            survivors.survivor_contact_id,
            records.id
        ) as contact_id
    from temp.changed_records as records
    left join associations.contact_survivors as survivors on records.id = survivors.contact_id
    where records.subject = 'contact'
),

deals as (
    -- A merged-away deal and its survivor.
    select record, kind, id as deal_id from temp.changed_records where subject = 'deal'
    union
    select records.record, records.kind, survivors.survivor_deal_id
    from temp.changed_records as records
    inner join associations.deal_survivors as survivors on records.id = survivors.deal_id
    where records.subject = 'deal'
),

related as (
    select record, kind, id as campaign_id from temp.changed_records where subject = 'campaign'
    union
    select records.record, records.kind, interactions.campaign_id
    from core.fct_campaign_interactions as interactions
    inner join temp.changed_records as records
        on records.subject = 'event'
        and interactions.event_id = records.id
    union
    select records.record, records.kind, interactions.campaign_id
    from previous.core.fct_campaign_interactions as interactions
    inner join temp.changed_records as records
        on records.kind = 'event_edit'
        and interactions.event_id = records.id
    union
    select deals.record, deals.kind, inclusion.campaign_id
    from diagnostics.deal_inclusion as inclusion
    inner join deals on inclusion.deal_id = deals.deal_id
    where inclusion.is_included
    union
    select deals.record, deals.kind, inclusion.campaign_id
    from previous.diagnostics.deal_inclusion as inclusion
    inner join deals on inclusion.deal_id = deals.deal_id
    where inclusion.is_included
    union
    select people.record, people.kind, interactions.campaign_id
    from core.fct_campaign_interactions as interactions
    inner join people on interactions.contact_id = people.contact_id
    union
    select records.record, records.kind, counted.campaign_id
    from core.fct_interactions as interactions
    inner join temp.changed_records as records
        on records.subject = 'visitor'
        and interactions.visitor_id = records.id
    inner join core.fct_campaign_interactions as counted on interactions.event_id = counted.event_id
    union
    select records.record, records.kind, associations.campaign_id
    from (
        select campaign_id, asset_type, asset_id from core.fct_asset_associations
        union
        select campaign_id, asset_type, asset_id from previous.core.fct_asset_associations
    ) as associations
    inner join temp.changed_records as records
        on records.subject = 'asset' and associations.asset_type = records.subject_type
        and associations.asset_id = records.id
)

select campaign_id, kind, count(*) as changes from related group by campaign_id, kind
