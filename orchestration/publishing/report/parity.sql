with lists as (
    select source, campaign_id, metric, reason, count(*) as contacts
    from diagnostics.parity_contacts group by all
),

why as (
    select
        source, campaign_id,
        case metric
            when 'first_touch' then 'new_contacts_first_touch'
            when 'last_touch' then 'new_contacts_last_touch'
            when 'influenced' then 'influenced_contacts'
            else 'contacts_with_revenue'
        end as metric,
        max_by(reason, (contacts, reason)) as reason, sum(contacts)::bigint as contacts
    from lists group by all
)

select
    parity.source, parity.metric, parity.ours, parity.reported, parity.difference,
    parity.share, coalesce(campaigns.campaign_name, parity.campaign_id) as campaign,
    why.reason, why.contacts
from diagnostics.parity as parity
left join core.dim_campaigns as campaigns on parity.campaign_id = campaigns.campaign_id
left join why
    on parity.source = why.source and parity.campaign_id = why.campaign_id
    and parity.metric = why.metric
where parity.difference <> 0
order by
    abs(parity.share) desc nulls last, abs(parity.difference) desc, parity.source,
    campaign, parity.metric, parity.model, parity.period_start
limit ${most}
