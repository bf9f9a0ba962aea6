select
    (select count(*) from marts.campaign_performance) as campaigns,
    (
        select count(distinct contact_id) from marts.revenue_contacts
        where campaign_id in (${live})
    ) as contacts_with_revenue,
    (
        select count(distinct deal_id) from diagnostics.deal_inclusion
        where
            is_included
            and campaign_id in (${live})
    ) as deals,
    (select coalesce(sum(revenue), 0) from marts.campaign_performance) as revenue,
    (select
        case when count(*) = count(spend) then coalesce(sum(spend), 0)
        end
    from marts.campaign_performance) as spend,
    (select
        case when count(*) = count(budget) then coalesce(sum(budget), 0)
        end
    from marts.campaign_performance) as budget
