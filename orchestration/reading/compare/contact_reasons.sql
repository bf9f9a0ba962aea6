-- One row per contact difference: what decides, the contact's own record first, then the event that
-- counts, then the first event that counts on one side only, then what else decides the metric.
create temp table contact_reasons as
with first_events as (
    select
        campaign_id,
        contact_id,
        arg_min(reason, (occurred_at, event_id)) as reason,
        arg_min(event_id, (occurred_at, event_id)) as event_id,
        arg_min(detail, (occurred_at, event_id)) as detail
    from event_differences
    group by campaign_id, contact_id
),

deciding as (
    select event_id, campaign_id, min(reason) as reason, min(detail) as detail
    from event_differences
    group by event_id, campaign_id
),

retimed as (
    select distinct event_id, campaign_id from retimed_events
),

merged as (
    select unnest(merged_contact_ids) as contact_id, contact_id as survivor_contact_id
    from side_a.core.dim_contacts
    where len(merged_contact_ids) > 0
    union
    select unnest(merged_contact_ids) as contact_id, contact_id as survivor_contact_id
    from side_b.core.dim_contacts
    where len(merged_contact_ids) > 0
),

deal_of_contacts as (
    select
        credits.campaign_id,
        credits.contact_id,
        min(reasons.reason) as reason,
        min(reasons.deal_id) as deal_id
    from (
        select deal_id, campaign_id, contact_id from side_a.marts.attribution_credits
        where model = 'linear' and contact_id in (select contact_id from people)
        union
        select deal_id, campaign_id, contact_id from side_b.marts.attribution_credits
        where model = 'linear' and contact_id in (select contact_id from people)
    ) as credits
    inner join deal_reasons as reasons
        on credits.deal_id = reasons.deal_id and credits.campaign_id = reasons.campaign_id
    where reasons.reason is not null
    group by credits.campaign_id, credits.contact_id
)

select
    differences.campaign_id,
    differences.metric,
    differences.contact_id,
    case
        when (a.contact_id is null) <> (b.contact_id is null)
            then case
                when merged.contact_id is not null then 'CONTACT_MERGED'
                else 'CONTACT_MISSING'
            end
        when a.is_deleted <> b.is_deleted then 'CONTACT_DELETED'
        when
            differences.metric in ('first_touch', 'last_touch') and a.created_at <> b.created_at
            then 'CONTACT_CREATED'
        when differences.metric = 'revenue' and deal_of_contacts.reason is not null
            then deal_of_contacts.reason
        when decided_a.reason is not null and differences.change <> 'only B' then decided_a.reason
        when decided_b.reason is not null and differences.change <> 'only A' then decided_b.reason
        when first_events.reason is not null then first_events.reason
        when coalesce(retimed_a.event_id, retimed_b.event_id) is not null then 'EVENT_EDITED'
        when $status_differs then
            case differences.metric
                when 'first_touch' then 'OTHER_FIRST_VIEW'
                when 'last_touch' then 'OTHER_CONVERSION'
            end
    end as reason,
    case
        when differences.metric = 'revenue' and deal_of_contacts.reason is not null
            then deal_of_contacts.deal_id
        when decided_a.reason is not null and differences.change <> 'only B'
            then differences.event_a
        when decided_b.reason is not null and differences.change <> 'only A'
            then differences.event_b
        else
            coalesce(
                first_events.event_id, retimed_a.event_id, retimed_b.event_id, $status_event
            )
    end as decided_by
from contact_differences as differences
left join side_a.core.dim_contacts as a on differences.contact_id = a.contact_id
left join side_b.core.dim_contacts as b on differences.contact_id = b.contact_id
left join merged on differences.contact_id = merged.contact_id
left join deciding as decided_a
    on differences.event_a = decided_a.event_id and differences.campaign_id = decided_a.campaign_id
left join deciding as decided_b
    on differences.event_b = decided_b.event_id and differences.campaign_id = decided_b.campaign_id
left join retimed as retimed_a
    on differences.event_a = retimed_a.event_id
    and differences.campaign_id = retimed_a.campaign_id
left join retimed as retimed_b
    on differences.event_b = retimed_b.event_id
    and differences.campaign_id = retimed_b.campaign_id
left join first_events
    on differences.campaign_id = first_events.campaign_id
    and differences.contact_id = first_events.contact_id
left join deal_of_contacts
    on differences.campaign_id = deal_of_contacts.campaign_id
    and differences.contact_id = deal_of_contacts.contact_id
$status_joins
qualify row_number() over (
    partition by differences.campaign_id, differences.metric, differences.contact_id order by 1
) = 1
