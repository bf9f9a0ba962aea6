{#- CTEs `floored` and `shared`: what a relation's shares are in whole units, by largest remainder
    (R75): each is rounded down, and the units left over go one each to the largest fractional
    parts, in path order where these are equal and then by campaign, none last.

    relation: per subject, event, campaign and model `numerator` / `denominator`, whole numbers.
    subject: the columns that say whose the whole is. shares: by name, the column that has the whole
    as units. order: of the path. `shared` has every column and, by each name, whole units. -#}
{% macro whole_shares(relation, subject, shares, order) -%}
{%- set whole = 'partition by ' ~ (subject | join(', ')) ~ ', model' -%}
floored as (
    select
        *
        {%- for name, units in shares.items() %},
        {{ whole_division(units ~ ' * numerator', 'denominator') }} as {{ name }}_floor,
        ({{ units }} * numerator) % denominator as {{ name }}_remainder
        {%- endfor %}
    from {{ relation }}
),

ranked as (
    select
        *
        {%- for name, units in shares.items() %},
        {{ units }} - sum({{ name }}_floor) over ({{ whole }}) as {{ name }}_left,
        row_number() over (
            {{ whole }}
            order by
                {{ whole_division(
                    name ~ '_remainder * ' ~ big_whole('10000000000000000'), 'denominator'
                ) }} desc nulls last,
                {{ order }},
                campaign_id asc nulls last
        ) as {{ name }}_rank
        {%- endfor %}
    from floored
),

shared as (
    select
        *
        {%- for name, units in shares.items() %},
        {{ name }}_floor
        + case when {{ name }}_rank <= {{ name }}_left then 1 else 0 end as {{ name }}
        {%- endfor %}
    from ranked
    where weight > 0
)
{%- endmacro %}

{#- Whole units as a decimal number. -#}
{% macro decimal_units(units, places) -%}
    cast(cast({{ units }} as decimal(18, 0)) / {{ 10 ** places }} as decimal(18, {{ places }}))
{%- endmacro %}
