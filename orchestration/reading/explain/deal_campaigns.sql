with inclusion as (
    select * from diagnostics.deal_inclusion where deal_id = $deal
),

people as (
    select
        spans.contact_id, bool_or(spans.is_at_close) as is_at_close,
        bool_or(contacts.is_deleted) as is_deleted
    from core.fct_deal_contacts as spans
    inner join core.dim_contacts as contacts on spans.contact_id = contacts.contact_id
    where spans.deal_id = $deal group by all
),

evidence as (
    select
        counted.campaign_id, count(*) as interactions,
        list(
            counted.event_type || ' ' || counted.event_id
            order by counted.occurred_at, counted.event_id
        )[:3] as examples
    from core.fct_campaign_interactions as counted
    inner join inclusion on counted.campaign_id = inclusion.campaign_id
    inner join people on counted.contact_id = people.contact_id
    where
        counted.event_type in (select unnest($types))
        and people.is_deleted = (inclusion.reason is not distinct from 'CONTACT_DELETED')
        and (people.is_at_close or inclusion.reason in (select unnest($of_all)))
    group by counted.campaign_id
)

select
    inclusion.campaign_id, campaigns.campaign_name, inclusion.is_included,
    inclusion.reason, coalesce(evidence.interactions, 0) as interactions,
    coalesce(evidence.examples, []) as examples
from inclusion
left join core.dim_campaigns as campaigns on inclusion.campaign_id = campaigns.campaign_id
left join evidence on inclusion.campaign_id = evidence.campaign_id
order by inclusion.is_included desc, inclusion.campaign_id
