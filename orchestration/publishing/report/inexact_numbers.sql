with credits as (
    select deal_id, event_id, campaign_id, contact_id, credit
    from marts.attribution_credits
    where model = 'linear' and campaign_id in (${live})
),

influenced as (
    select event_id, campaign_id from marts.influenced_contacts
    where campaign_id in (${live})
),

inexact as (
    select counted.event_id, counted.campaign_id
    from core.fct_asset_associations as associations
    inner join core.fct_interactions as events
        on associations.asset_type = events.asset_type
        and associations.asset_id = events.asset_id
        and events.occurred_at >= associations.valid_from
        and (associations.valid_to is null or events.occurred_at < associations.valid_to)
    inner join core.fct_campaign_interactions as counted
        on events.event_id = counted.event_id
        and associations.campaign_id = counted.campaign_id
    where
        associations.time_basis <> 'exact' and counted.basis = 'asset'
        and events.event_id in (
            select event_id from credits
            union
            select event_id from influenced
        )
),

doubted as (
    select credits.credit from credits
    where exists (
        select
            1 from inexact where
            inexact.event_id = credits.event_id
            and inexact.campaign_id = credits.campaign_id
    )
    or exists (
        select 1 from core.fct_deal_contacts as people
        where
            people.deal_id = credits.deal_id
            and people.contact_id = credits.contact_id
            and people.time_basis <> 'exact'
            and people.is_at_close
    )
)

select
    (select coalesce(sum(credit), 0) from credits) as revenue,
    (select coalesce(sum(credit), 0) from doubted) as revenue_inexact,
    (select count(*) from influenced) as influenced,
    (
        select count(*) from influenced inner join inexact
            on influenced.event_id = inexact.event_id
            and influenced.campaign_id = inexact.campaign_id
    ) as influenced_inexact
