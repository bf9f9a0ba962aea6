{#- CTEs up to `shared`: what each touch gets of the whole under the Markov models (R78): in
    proportion to the removal effect of its campaign, or of none; evenly over the path's events
    where all effects are zero.

    touches: what `touches_of_paths` gives. key: the column by which increments replace. changed:
    models that list its changed values. shares and optional: see `whole_shares`. -#}
{% macro credits_by_effects(touches, key, changed, shares, optional=none) -%}
{%- set path = 'partition by touches.path_number' -%}
with markov_models as (
    select model
    from {{ ref('attribution_models') }}
    where method = 'markov'
),

weighed as (
    select
        touches.path_number,
        touches.touch_number,
        touches.campaign_number,
        {{ qualified(shares.values(), 'touches') }},
        touches.campaigns,
        max(touches.place) over ({{ path }}) as events,
        coalesce(effects.effect_billionths, 0) as effect_billionths,
        sum(coalesce(effects.effect_billionths, 0)) over ({{ path }}) as all_billionths
    from {{ touches }} as touches
    left join {{ ref('chain_effects') }} as effects
        on touches.campaign_id is not distinct from effects.campaign_id
    {{ in_scope('touches.' ~ key, changed, word='where') }}
),

split as (
    select
        weighed.path_number,
        weighed.touch_number,
        weighed.campaign_number,
        {{ qualified(shares.values(), 'weighed') }},
        markov_models.model,
        case
            when weighed.all_billionths = 0 then {{ big_whole('1') }}
            else {{ big_whole('weighed.effect_billionths') }}
        end as numerator,
        case
            when weighed.all_billionths = 0
                then {{ big_whole('weighed.events * weighed.campaigns') }}
            else {{ big_whole('weighed.all_billionths') }}
        end as denominator,
        case
            when weighed.all_billionths = 0
                then 1 / cast(weighed.events as double) / weighed.campaigns
            else cast(weighed.effect_billionths as double) / cast(weighed.all_billionths as double)
        end as weight
    from weighed
    cross join markov_models
),

{{ whole_shares('split', shares, optional) }}
{%- endmacro %}
