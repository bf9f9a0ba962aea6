with credited as (
    select
        'deal_won' as conversion, model, campaign_id, deals as subjects,
        cast(revenue as decimal(38, 6)) as credit
    from marts.attributed_revenue
    union all
    select
        conversion, model, campaign_id, subjects,
        case when conversion = 'contact_created' then credit else amount end
    from marts.attributed_conversions
)

select
    credited.*, campaigns.campaign_name,
    credited.campaign_id is not null and live.campaign_id is null as is_deleted
from credited
left join core.dim_campaigns as campaigns on credited.campaign_id = campaigns.campaign_id
left join marts.campaign_performance as live on credited.campaign_id = live.campaign_id
order by credited.credit desc nulls last, credited.campaign_id
