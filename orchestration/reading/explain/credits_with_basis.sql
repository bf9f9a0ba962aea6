-- Credits with what they rest on: how well the time of the asset in the campaign is known, unless
-- the interaction's utm makes it count, too, that of the contact on the deal, and the weaker of the
-- two (R96).
with known as (
    select
        credits.*,
        counted.basis,
        events.asset_type,
        events.asset_id,
        coalesce(
            case when counted.basis = 'asset' then associations.time_basis end, 'exact'
        ) as association_basis,
        coalesce(spans.time_basis, 'exact') as contact_basis
    from marts.attribution_credits as credits
    left join core.fct_interactions as events on credits.event_id = events.event_id
    left join core.fct_campaign_interactions as counted
        on credits.event_id = counted.event_id and credits.campaign_id = counted.campaign_id
    left join core.fct_asset_associations as associations
        on credits.campaign_id = associations.campaign_id
        and events.asset_type = associations.asset_type
        and events.asset_id = associations.asset_id
        and credits.occurred_at >= associations.valid_from
        and (associations.valid_to is null or credits.occurred_at < associations.valid_to)
    left join core.fct_deal_contacts as spans
        on credits.deal_id = spans.deal_id
        and credits.contact_id = spans.contact_id
        and spans.is_at_close
)

select
    *,
    case
        when 'assumed' in (association_basis, contact_basis) then 'assumed'
        when 'first_seen' in (association_basis, contact_basis) then 'first_seen'
        else 'exact'
    end as time_basis
from known
