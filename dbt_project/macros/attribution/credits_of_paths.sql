{#- CTEs up to `shared`: what each event of a path, campaign and model gets of the whole (R74, R75,
    R79): the weights of positions, split evenly among the campaigns of an event, and Shapley's,
    campaign by campaign.

    weights: what `weights_of_paths` gives. positions: what `path_positions` gives, with the columns
    that hold the whole as units. subject: the columns that say whose path it is, the key of
    increments last. carried: columns of positions that the caller selects. shares: see
    `whole_shares`. -#}
{% macro credits_of_paths(weights, positions, subject, changed, carried, shares) -%}
{%- set key = subject | join(', ') -%}
{%- set columns = [
    'event_id', 'contact_id', 'event_type', 'occurred_at', 'channel', 'place'
] + carried -%}
with campaigns_of_events as (
    select interactions.event_id, interactions.campaign_id
    from {{ ref('campaign_interactions') }} as interactions
    where
        {#- In an increment the weights are a small table; in a full build they are a view, and
            twice as dear. #}
        interactions.event_id in (
            select positions.event_id
            from {{ weights if is_increment() else positions }} as positions
        )
),

campaign_counts as (
    select event_id, count(*) as campaigns
    from campaigns_of_events
    group by event_id
),

touches as (
    -- An event in several campaigns is several touches; an event in none is one of no campaign.
    select
        {{ qualified(subject + columns, 'positions') }},
        {%- for units in shares.values() %}
        {{ big_whole('positions.' ~ units) }} as {{ units }},
        {%- endfor %}
        campaigns.campaign_id,
        coalesce(counts.campaigns, 1) as campaigns
    from {{ positions }} as positions
    left join campaigns_of_events as campaigns on positions.event_id = campaigns.event_id
    left join campaign_counts as counts on positions.event_id = counts.event_id
    {{ in_scope('positions.' ~ subject[-1], changed, word='where') }}
),

shapley_models as (
    select model
    from {{ ref('attribution_models') }}
    where method = 'shapley'
),

campaign_parts as (
    -- Each of a path's campaigns gets an equal part, evenly over its events there; the events of
    -- none share all where there is no campaign.
    select
        {{ key }},
        campaign_id,
        count(*) as events,
        count(campaign_id) over (partition by {{ key }}) as campaigns
    from touches
    where exists (select 1 from shapley_models)
    group by {{ key }}, campaign_id
),

split as (
    select
        touches.*,
        weights.model,
        weights.numerator,
        weights.denominator * touches.campaigns as denominator,
        weights.weight / touches.campaigns as weight
    from {{ weights }} as weights
    inner join touches
        on {{ same_subject(subject, 'weights', 'touches') }} and weights.event_id = touches.event_id
    union all
    select
        touches.*,
        shapley_models.model,
        {{ big_whole('1') }} as numerator,
        {{ big_whole('greatest(parts.campaigns, 1) * parts.events') }} as denominator,
        1 / cast(greatest(parts.campaigns, 1) * parts.events as double) as weight
    from touches
    inner join campaign_parts as parts
        on {{ same_subject(subject, 'touches', 'parts') }}
        and touches.campaign_id is not distinct from parts.campaign_id
    cross join shapley_models
    where touches.campaign_id is not null or parts.campaigns = 0
),

{{ whole_shares('split', subject, shares, 'place') }}
{%- endmacro %}
