with won as (
    select
        count(*) as deals, coalesce(sum(amount_home), 0) as won,
        count(*) filter (where amount is not null and amount_home is null) as not_converted
    from core.fct_deals where is_closed_won
),

credited as (
    select
        coalesce(sum(revenue) filter (where campaign_id in (${live})), 0) as campaigns,
        coalesce(sum(revenue) filter (where campaign_id is null), 0) as no_campaign,
        coalesce(sum(revenue) filter (
            where campaign_id is not null
            and campaign_id not in (${live})
        ), 0) as deleted
    from marts.attributed_revenue where model = 'linear'
)

select won.*, credited.* from won, credited
