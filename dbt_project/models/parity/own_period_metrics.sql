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
    where
        (period_start is not null or period_end is not null)
        and metric in (
            {%- for metric in daily %}
                '{{ metric }}',
            {%- endfor %}
            'contacts_with_revenue', 'associated_deal_value', 'attributed_revenue'
        )
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

closed_deals as (
    select distinct campaign_id, deal_id, day, amount_home
    from closes
),

credits as (
    select campaign_id, model, {{ portal_date('closed_at') }} as day, credit
    from {{ ref('attribution_credits') }}
    where
        campaign_id in (
            select periods.campaign_id from periods
            where periods.metric = 'attributed_revenue'
        )
),

values_of_days as (
    -- `counted`: what counts once, however often it is there.
    {% for metric in daily -%}
        select
            campaign_id,
            '{{ metric }}' as metric,
            cast(null as string) as model,
            day,
            cast(null as string) as counted,
            cast({{ metric }} as decimal(38, 2)) as value
        from {{ ref('campaign_daily') }}
        union all
    {% endfor %}
    select
        campaign_id, 'contacts_with_revenue' as metric, null as model, day, contact_id as counted,
        0 as value
    from closes
    union all
    select
        campaign_id, 'associated_deal_value' as metric, null as model, day, null as counted,
        amount_home as value
    from closed_deals
    union all
    select
        campaign_id, 'attributed_revenue' as metric, model, day, null as counted, credit as value
    from credits
)

select
    periods.source,
    periods.campaign_id,
    periods.metric,
    periods.model,
    periods.period_start,
    periods.period_end,
    case
        when periods.metric = 'contacts_with_revenue'
            then cast(count(distinct days.counted) as double)
        -- An unknown amount makes a total unknown, never smaller (R83).
        when count(days.day) = count(days.value)
            then cast(coalesce(sum(days.value), 0) as double)
    end as value
from periods
left join values_of_days as days
    on periods.campaign_id = days.campaign_id
    and periods.metric = days.metric
    and days.day between periods.first_day and periods.last_day
    and (days.model is null or periods.model = days.model)
group by
    periods.source,
    periods.campaign_id,
    periods.metric,
    periods.model,
    periods.period_start,
    periods.period_end
