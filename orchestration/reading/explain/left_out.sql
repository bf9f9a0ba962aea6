-- Interactions of people who were ever on the deal $deal which are not in its path, each with the
-- first reason and what it is a reason of: the contact's span on the deal (of several the latest
-- answers), or the interaction. No reason where an older publication does not tell.
with people as (
    select
        spans.contact_id,
        case
            when not bool_or(spans.is_at_close) then arg_max(spans.reason, spans.valid_from)
        end as reason
    from core.fct_deal_contacts as spans
    where spans.deal_id = $deal
    group by spans.contact_id
),

credits as (
    select event_id
    from marts.attribution_credits
    where deal_id = $deal
)

select
    events.event_id,
    events.event_type,
    events.occurred_at,
    events.contact_id,
    events.asset_type,
    events.asset_id,
    case when people.reason is null then 'interaction' else 'deal_contact' end as subject,
    coalesce(
        people.reason,
        ${path_gap},
        case
            when events.earns_revenue is null or not $is_window_known then null
            when exists (select 1 from credits) then 'NO_WEIGHT'
            else 'DEAL_DOES_NOT_COUNT'
        end
    ) as reason
from people
inner join core.fct_interactions as events on people.contact_id = events.contact_id
left join core.fct_deals as deals on deals.deal_id = $deal
where
    events.event_id not in (select credits.event_id from credits)
