-- One row per reported number with a period that can be told of days (R120): ours over its days,
-- which are those of campaign_daily. A bound that is missing is open.
{%- set daily = [
    'sessions', 'new_contacts_first_touch', 'new_contacts_last_touch', 'influenced_contacts',
    'deals', 'revenue', 'spend',
] %}
with periods as (
    select
        source,
        campaign_id,
        metric,
        model,
        period_start,
        period_end,
        coalesce(period_start, date '0001-01-01') as first_day,
        coalesce(period_end, date '9999-12-31') as last_day
    from {{ ref('stg_reported_metrics') }}
    where period_start is not null or period_end is not null
),

days as (
    {% for metric in daily -%}
        select campaign_id, '{{ metric }}' as metric, day, cast({{ metric }} as double) as value
        from {{ ref('campaign_daily') }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

sums as (
    -- An unknown amount makes a total unknown, never smaller (R83).
    select
        periods.source,
        periods.campaign_id,
        periods.metric,
        periods.model,
        periods.period_start,
        periods.period_end,
        case
            when count(days.day) = count(days.value) then coalesce(sum(days.value), 0)
        end as value
    from periods
    left join days
        on periods.campaign_id = days.campaign_id
        and periods.metric = days.metric
        and days.day between periods.first_day and periods.last_day
    where
        periods.metric in (
            {% for metric in daily -%}
                '{{ metric }}' {%- if not loop.last %},{% endif %}
            {% endfor -%}
        )
    group by
        periods.source,
        periods.campaign_id,
        periods.metric,
        periods.model,
        periods.period_start,
        periods.period_end
),

closes as (
    select
        campaign_deals.campaign_id,
        campaign_deals.deal_id,
        campaign_deals.contact_id,
        {{ portal_date('campaign_deals.closed_at') }} as day,
        deals.amount_home
    from {{ ref('campaign_deals') }} as campaign_deals
    inner join {{ ref('deals') }} as deals on campaign_deals.deal_id = deals.deal_id
    where
        campaign_deals.campaign_id in (
            select periods.campaign_id from periods
            where periods.metric in ('contacts_with_revenue', 'associated_deal_value')
        )
),

contacts as (
    select
        periods.source,
        periods.campaign_id,
        periods.metric,
        periods.model,
        periods.period_start,
        periods.period_end,
        cast(count(distinct closes.contact_id) as double) as value
    from periods
    left join closes
        on periods.campaign_id = closes.campaign_id
        and closes.day between periods.first_day and periods.last_day
    where periods.metric = 'contacts_with_revenue'
    group by
        periods.source,
        periods.campaign_id,
        periods.metric,
        periods.model,
        periods.period_start,
        periods.period_end
),

per_deal as (
    select distinct campaign_id, deal_id, day, amount_home
    from closes
),

deal_values as (
    select
        periods.source,
        periods.campaign_id,
        periods.metric,
        periods.model,
        periods.period_start,
        periods.period_end,
        cast(coalesce(sum(per_deal.amount_home), 0) as double) as value
    from periods
    left join per_deal
        on periods.campaign_id = per_deal.campaign_id
        and per_deal.day between periods.first_day and periods.last_day
    where periods.metric = 'associated_deal_value'
    group by
        periods.source,
        periods.campaign_id,
        periods.metric,
        periods.model,
        periods.period_start,
        periods.period_end
),

credited as (
    select
        credits.campaign_id, credits.model, {{ portal_date('credits.closed_at') }} as day,
        credits.credit
    from {{ ref('attribution_credits') }} as credits
    where
        credits.campaign_id in (
            select periods.campaign_id from periods
            where periods.metric = 'attributed_revenue'
        )
),

attributed as (
    select
        periods.source,
        periods.campaign_id,
        periods.metric,
        periods.model,
        periods.period_start,
        periods.period_end,
        cast(coalesce(sum(credited.credit), 0) as double) as value
    from periods
    left join credited
        on periods.campaign_id = credited.campaign_id
        and periods.model = credited.model
        and credited.day between periods.first_day and periods.last_day
    where periods.metric = 'attributed_revenue'
    group by
        periods.source,
        periods.campaign_id,
        periods.metric,
        periods.model,
        periods.period_start,
        periods.period_end
)

select source, campaign_id, metric, model, period_start, period_end, value from sums
union all
select source, campaign_id, metric, model, period_start, period_end, value from contacts
union all
select source, campaign_id, metric, model, period_start, period_end, value from deal_values
union all
select source, campaign_id, metric, model, period_start, period_end, value from attributed
