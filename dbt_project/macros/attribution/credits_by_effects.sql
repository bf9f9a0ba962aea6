{#- CTEs up to `shared`: what each event of a path and campaign gets of the whole under the Markov
    models (R78): in proportion to the removal effect of its campaign, or of none; evenly over the
    path's events where all effects are zero.

    ledger: what is credited under linear, which has a row for every event and campaign, and whose
    credits sum to the whole (R75). subject: the columns that say whose path it is, the key of
    increments last. changed: models that list changed values of that. carried: columns of the
    ledger that the caller selects. shares: by name, units of the ledger's rows. -#}
{% macro credits_by_effects(ledger, subject, changed, carried, shares) -%}
{%- set whole = 'partition by ' ~ qualified(subject, 'ledger') -%}
with markov_models as (
    select model as markov_model
    from {{ ref('attribution_models') }}
    where method = 'markov'
),

weighed as (
    select
        ledger.*,
        markov_models.markov_model,
        coalesce(effects.effect_billionths, 0) as effect_billionths,
        sum(coalesce(effects.effect_billionths, 0)) over (
            {{ whole }}, markov_models.markov_model
        ) as all_billionths
        {%- for name, units in shares.items() %},
        sum({{ units }}) over ({{ whole }}, markov_models.markov_model) as {{ name }}_whole
        {%- endfor %}
    from {{ ledger }} as ledger
    left join {{ ref('chain_effects') }} as effects
        on ledger.campaign_id is not distinct from effects.campaign_id
    cross join markov_models
    where ledger.model = 'linear' {{ in_scope('ledger.' ~ subject[-1], changed) }}
),

split as (
    select
        {{ qualified(subject, 'weighed') }},
        weighed.event_id,
        weighed.campaign_id,
        weighed.markov_model as model,
        case
            when weighed.all_billionths = 0 then {{ big_whole('1') }}
            else {{ big_whole('weighed.effect_billionths') }}
        end as numerator,
        case
            -- Linear's weight is one part of a whole number of them.
            when weighed.all_billionths = 0 then {{ big_whole('round(1 / weighed.weight)') }}
            else {{ big_whole('weighed.all_billionths') }}
        end as denominator,
        case
            when weighed.all_billionths = 0 then weighed.weight
            else cast(weighed.effect_billionths as double) / cast(weighed.all_billionths as double)
        end as weight,
        {%- for name in shares %}
        {{ big_whole('weighed.' ~ name ~ '_whole') }} as {{ name }}_whole,
        {%- endfor %}
        {{ qualified(['contact_id', 'event_type', 'occurred_at', 'channel'] + carried, 'weighed') }}
    from weighed
),

{%- set units = {} -%}
{%- for name in shares -%}
    {%- do units.update({name: name ~ '_whole'}) -%}
{%- endfor %}

{{ whole_shares('split', subject, units, 'occurred_at, event_id') }}
{%- endmacro %}
