{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={'replaces': {'key': 'deal_id', 'changed': ['affected_deals']}}
) }}
-- One row per deal, event of its path, campaign and model: weight and credit (R74, R75). The ledger.
-- Whole cents by largest remainder: each share is rounded down, and the cents left over go one each to the largest fractional parts.
{{ needs('affected_deals') }}
with campaigns_of_events as (
    select interactions.event_id, interactions.campaign_id
    from {{ ref('campaign_interactions') }} as interactions
    where
        {#- In an increment the weights are a small table; in a full build they are a view, and twice as dear. #}
        interactions.event_id in (
            select positions.event_id from {{ ref('path_weights') if is_increment() else ref('deal_path_positions') }} as positions
        )
),

campaign_counts as (
    select event_id, count(*) as campaigns
    from campaigns_of_events
    group by event_id
),

split as (
    -- An event in several campaigns splits evenly; an event in none keeps its weight with a null campaign.
    select
        weights.deal_id,
        weights.event_id,
        weights.model,
        campaigns.campaign_id,
        positions.contact_id,
        positions.event_type,
        positions.occurred_at,
        positions.closed_at,
        positions.channel,
        positions.place,
        {{ big_whole('positions.deal_cents') }} as deal_cents,
        weights.numerator,
        weights.denominator * coalesce(counts.campaigns, 1) as denominator,
        weights.weight / coalesce(counts.campaigns, 1) as weight
    from {{ ref('path_weights') }} as weights
    inner join {{ ref('deal_path_positions') }} as positions
        on weights.deal_id = positions.deal_id and weights.event_id = positions.event_id
    left join campaigns_of_events as campaigns on weights.event_id = campaigns.event_id
    left join campaign_counts as counts on weights.event_id = counts.event_id
),

floored as (
    select
        *,
        {{ whole_division('deal_cents * numerator', 'denominator') }} as whole_cents,
        (deal_cents * numerator) % denominator as remainder
    from split
),

ranked as (
    select
        *,
        deal_cents - sum(whole_cents) over (partition by deal_id, model) as cents_left,
        row_number() over (
            partition by deal_id, model
            order by
                {{ whole_division('remainder * ' ~ big_whole('10000000000000000'), 'denominator') }} desc,
                place,
                campaign_id asc nulls last
        ) as remainder_rank
    from floored
)

select
    deal_id,
    event_id,
    campaign_id,
    contact_id,
    event_type,
    occurred_at,
    closed_at,
    model,
    weight,
    channel,
    cast(
        cast(whole_cents + case when remainder_rank <= cents_left then 1 else 0 end as decimal(18, 0)) / 100 as decimal(18, 2)
    ) as credit
from ranked
where weight > 0
