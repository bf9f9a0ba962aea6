{#- CTEs `wholes`, `floored`, `portions`, `ranked` and `shared`: what shares are in whole units, by
    largest remainder (R75): each is rounded down, and the units left over go one each to the
    largest fractional parts, in the order of touches where these are equal.

    relation: per path_number, touch_number and model `numerator` / `denominator`, whole numbers,
    and `weight`, the same as DOUBLE. shares: by name, the column that has the path's whole as
    units. optional: the one of them that some paths have no whole of. `shared` has path_number,
    touch_number, model, weight and, by each name, whole units. -#}
{% macro whole_shares(relation, shares, optional=none) -%}
{%- set whole = 'partition by path_number, model' -%}
wholes as (
    select
        path_number,
        touch_number,
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

-- What is ranked: numbers of 64 bits, without the long ones that they were worked out from.
portions as (
    select
        path_number,
        touch_number,
        model,
        weight
        {%- for name in shares %},
        {{ name }}_whole,
        {{ name }}_floor,
        {{ whole_fraction(name ~ '_remainder', 'denominator') }} as {{ name }}_fraction
        {%- endfor %}
    from floored
),

ranked as (
    {%- for present in ([true, false] if optional else [true]) %}
    select
        path_number,
        touch_number,
        model,
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
        path_number,
        touch_number,
        model,
        weight
        {%- for name in shares %},
        {{ name }}_floor
        + case when {{ name }}_rank <= {{ name }}_left then 1 else 0 end as {{ name }}
        {%- endfor %}
    from ranked
)
{%- endmacro %}

{#- Whole units as a decimal number. -#}
{% macro decimal_units(units, places) -%}
    cast(cast({{ units }} as decimal(18, 0)) / {{ 10 ** places }} as decimal(18, {{ places }}))
{%- endmacro %}
