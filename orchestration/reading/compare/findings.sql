-- Everything that differs, a row each: numbers of campaigns, then deals, then contacts.
create temp view findings as
select
    'number' as kind,
    campaign_id,
    metric,
    model,
    cast(null as varchar) as deal_id,
    cast(null as varchar) as contact_id,
    case
        when value_a is null then 'only B'
        when value_b is null then 'only A'
        else 'changed'
    end as change,
    cast(value_a as varchar) as a,
    cast(value_b as varchar) as b,
    coalesce(value_b, 0) - coalesce(value_a, 0) as difference,
    reason,
    cast(null as varchar) as decided_by,
    setting
from number_reasons
union all
select
    'deal' as kind,
    differences.campaign_id,
    'revenue' as metric,
    'linear' as model,
    differences.deal_id,
    null as contact_id,
    case
        when differences.revenue_a is not null and differences.revenue_b is null then 'only A'
        when differences.revenue_a is null and differences.revenue_b is not null then 'only B'
        else 'changed'
    end as change,
    coalesce(cast(differences.revenue_a as varchar), differences.reason_a) as a,
    coalesce(cast(differences.revenue_b as varchar), differences.reason_b) as b,
    cast(
        coalesce(differences.revenue_b, 0) - coalesce(differences.revenue_a, 0) as double
    ) as difference,
    reasons.reason,
    reasons.decided_by,
    reasons.setting
from deal_differences as differences
inner join deal_reasons as reasons
    on differences.deal_id = reasons.deal_id and differences.campaign_id = reasons.campaign_id
union all
select
    'contact' as kind,
    differences.campaign_id,
    differences.metric,
    null as model,
    null as deal_id,
    differences.contact_id,
    differences.change,
    coalesce(cast(differences.value_a as varchar), differences.event_a) as a,
    coalesce(cast(differences.value_b as varchar), differences.event_b) as b,
    cast(
        case
            when differences.metric = 'revenue'
                then coalesce(differences.value_b, 0) - coalesce(differences.value_a, 0)
        end as double
    ) as difference,
    reasons.reason,
    reasons.decided_by,
    reasons.setting
from contact_differences as differences
inner join contact_reasons as reasons
    on differences.campaign_id = reasons.campaign_id
    and differences.metric = reasons.metric
    and differences.contact_id = reasons.contact_id
