-- Interactions of people who were ever on the deal $deal which are not in its path: what each of
-- them lacks, as the models tell it. Of a contact with several spans on the deal the latest
-- answers.
with people as (
    select
        spans.contact_id,
        case
            when not bool_or(spans.is_at_close) then arg_max(spans.reason, spans.valid_from)
        end as reason
    from core.fct_deal_contacts as spans
    where spans.deal_id = $deal
    group by spans.contact_id
)

select
    events.event_id,
    events.event_type,
    events.occurred_at,
    events.contact_id,
    events.asset_type,
    events.asset_id,
    events.is_filtered,
    events.earns_revenue,
    people.reason,
    coalesce(events.occurred_at > deals.closed_at, false) as is_after_close
from people
inner join core.fct_interactions as events on people.contact_id = events.contact_id
left join core.fct_deals as deals on deals.deal_id = $deal
where
    events.event_id not in (
        select credits.event_id
        from marts.attribution_credits as credits
        where credits.deal_id = $deal
    )
