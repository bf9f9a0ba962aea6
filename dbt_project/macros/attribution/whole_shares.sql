{#- CTEs up to `shared`: what shares are in whole units, by largest remainder (R75): each is rounded
    down, and the units left over go one each to the largest fractional parts, in the order of
    touches where these are equal.

    relation: per path_number, touch_number and model `numerator` / `denominator`, whole numbers,
    `weight`, the same as DOUBLE, and the touch's `campaign_number`. shares: by name, the column
    that has the path's whole as units. optional: the one of them that some paths have no whole of.
    `shared` has path_number, touch_number, campaign_number, model, weight and, by each name, whole
    units. -#}
{% macro whole_shares(relation, shares, optional=none) -%}
{%- set whole = 'partition by path_number, model_number' -%}
wholes as (
    select
        path_number,
        touch_number,
        campaign_number,
        model,
        weight,
        denominator
        {%- for name, units in shares.items() %},
        {{ units }} as {{ name }}_whole,
        {{ big_whole(units) }} * numerator as {{ name }}_times
        {%- endfor %}
    from {{ relation }}
    where weight > 0
),

floored as (
    select
        *
        {%- for name in shares %},
        cast({{ whole_division(name ~ '_times', 'denominator') }} as bigint) as {{ name }}_floor,
        {{ whole_remainder(name ~ '_times', 'denominator') }} as {{ name }}_remainder
        {%- endfor %}
    from wholes
),

-- Ranked are numbers of at most 64 bits: no model's name, and not the long numbers that fractions
-- are worked out from.
model_numbers as (
    select model, cast(row_number() over (order by model) as smallint) as model_number
    from {{ ref('attribution_models') }}
),

portions as (
    select
        floored.path_number,
        floored.touch_number,
        floored.campaign_number,
        numbers.model_number,
        floored.weight
        {%- for name in shares %},
        floored.{{ name }}_whole,
        floored.{{ name }}_floor,
        {{ whole_fraction('floored.' ~ name ~ '_remainder', 'floored.denominator') }}
        as {{ name }}_fraction
        {%- endfor %}
    from floored
    inner join model_numbers as numbers on floored.model = numbers.model
),

ranked as (
    {%- for present in ([true, false] if optional else [true]) %}
    select
        path_number,
        touch_number,
        campaign_number,
        model_number,
        weight
        {%- for name in shares %},
        {{ name }}_floor,
        {%- if present or name != optional %}
        {{ name }}_whole - sum({{ name }}_floor) over ({{ whole }}) as {{ name }}_left,
        row_number() over (
            {{ whole }} order by {{ name }}_fraction desc, touch_number
        ) as {{ name }}_rank
        {%- else %}
        null as {{ name }}_left,
        null as {{ name }}_rank
        {%- endif %}
        {%- endfor %}
    from portions
    {%- if optional %}
    where {{ optional }}_whole is {{ 'not ' if present }}null
    {{ 'union all' if present }}
    {%- endif %}
    {%- endfor %}
),

shared as (
    select
        ranked.path_number,
        ranked.touch_number,
        ranked.campaign_number,
        numbers.model,
        ranked.weight
        {%- for name in shares %},
        ranked.{{ name }}_floor
        + case when ranked.{{ name }}_rank <= ranked.{{ name }}_left then 1 else 0 end as {{ name }}
        {%- endfor %}
    from ranked
    inner join model_numbers as numbers on ranked.model_number = numbers.model_number
)
{%- endmacro %}

{#- Whole units as a decimal number: a product, because a quotient of more than fifteen digits would
    be rounded. -#}
{% macro decimal_units(units, places) -%}
    cast(
        cast({{ units }} as decimal(18, 0))
        * cast({{ '0.' ~ '0' * (places - 1) ~ '1' }} as decimal({{ places }}, {{ places }}))
        as decimal(18, {{ places }})
    )
{%- endmacro %}

{#- Money in whole cents: of all amounts that DECIMAL(18,2) holds. -#}
{% macro whole_cents(amount) -%}
    cast(cast({{ amount }} as decimal(20, 2)) * 100 as bigint)
{%- endmacro %}
