{#- CTEs up to `shared`: what each touch and model gets of the whole (R74, R75, R79): the weights of
    positions, split evenly among the campaigns of an event, and Shapley's, campaign by campaign.

    weights: what `weights_of_paths` gives. touches: what `touches_of_paths` gives. key: the column
    by which increments replace. changed: the model that lists its changed values. shares and
    optional: see `whole_shares`. -#}
{% macro credits_of_paths(weights, touches, key, changed, shares, optional=none) -%}
with touches as (
    select
        path_number,
        touch_number,
        place,
        campaign_id,
        campaign_number,
        {%- for units in shares.values() %}
        {{ units }},
        {%- endfor %}
        campaigns
    from {{ touches }}
    where {{ in_slice('path_number') }}
    {{ in_scope(key, changed) }}
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
        path_number,
        campaign_id,
        count(*) as events,
        count(campaign_id) over (partition by path_number) as campaigns
    from touches
    where exists (select 1 from shapley_models)
    group by path_number, campaign_id
),

split as (
    select
        touches.path_number,
        touches.touch_number,
        touches.campaign_number,
        {{ qualified(shares.values(), 'touches') }},
        weights.model,
        weights.numerator,
        weights.denominator * touches.campaigns as denominator,
        weights.weight / touches.campaigns as weight
    from {{ weights }} as weights
    inner join touches
        on weights.path_number = touches.path_number and weights.place = touches.place
    union all
    select
        touches.path_number,
        touches.touch_number,
        touches.campaign_number,
        {{ qualified(shares.values(), 'touches') }},
        shapley_models.model,
        {{ big_whole('1') }} as numerator,
        {{ big_whole('greatest(parts.campaigns, 1) * parts.events') }} as denominator,
        1 / cast(greatest(parts.campaigns, 1) * parts.events as double) as weight
    from touches
    inner join campaign_parts as parts
        on touches.path_number = parts.path_number
        and touches.campaign_id is not distinct from parts.campaign_id
    cross join shapley_models
    where touches.campaign_id is not null or parts.campaigns = 0
),

{{ whole_shares('split', shares, optional) }}
{%- endmacro %}
