-- One row per budget item, spend item and day of ad spend, with its campaign and its amount in the
-- home currency (R83); null where no rate is known.
with items as (
    select
        'budget' as kind, items.campaign_id, items.amount, items.currency,
        items.budgeted_on as happened_on
    from {{ ref('stg_budget_items') }} as items
    where not items.is_deleted
    union all
    select
        'spend' as kind, items.campaign_id, items.amount, items.currency,
        items.spent_on as happened_on
    from {{ ref('stg_spend_items') }} as items
    where not items.is_deleted
),

dated as (
    select
        items.kind,
        items.campaign_id,
        items.amount,
        coalesce({{ currency_code('items.currency') }}, campaigns.currency) as currency,
        items.happened_on,
        coalesce(items.happened_on, {{ portal_date('campaigns.created_at') }}) as rate_on
    from items
    left join {{ ref('campaigns') }} as campaigns on items.campaign_id = campaigns.campaign_id
),

ad_spend as (
    -- A day's figure goes to the campaign that the asset is in at the day's last instant.
    select
        'ad_spend' as kind,
        associations.campaign_id,
        metrics.spend as amount,
        metrics.currency,
        metrics.metric_date as happened_on,
        metrics.metric_date as rate_on
    from {{ ref('stg_ad_metrics') }} as metrics
    inner join {{ ref('asset_associations') }} as associations
        on metrics.asset_type = associations.asset_type
        and metrics.asset_id = associations.asset_id
        and associations.valid_from < {{ portal_midnight('metrics.metric_date + 1') }}
        and (
            associations.valid_to is null
            or associations.valid_to >= {{ portal_midnight('metrics.metric_date + 1') }}
        )
    where metrics.spend is not null
),

lines as (
    select kind, campaign_id, amount, currency, happened_on, rate_on from dated
    union all
    select kind, campaign_id, amount, currency, happened_on, rate_on from ad_spend
)

select
    lines.kind,
    lines.campaign_id,
    lines.happened_on,
    {{ home_amount('lines.amount', 'lines.currency') }} as amount_home
from lines
{{ join_rates('lines.currency', 'lines.rate_on') }}
