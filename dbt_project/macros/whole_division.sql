{#- Exact arithmetic on whole numbers of up to 38 digits: the quotient rounded down, and what is
    left over. -#}
{% macro big_whole(value) -%}
    {{ return(adapter.dispatch('big_whole', 'touchledger')(value)) }}
{%- endmacro %}

{% macro default__big_whole(value) -%}
    cast({{ value }} as hugeint)
{%- endmacro %}

{% macro whole_division(dividend, divisor) -%}
    {{ return(adapter.dispatch('whole_division', 'touchledger')(dividend, divisor)) }}
{%- endmacro %}

{% macro default__whole_division(dividend, divisor) -%}
    {{ in_short_numbers('//', dividend, divisor) }}
{%- endmacro %}

{% macro whole_remainder(dividend, divisor) -%}
    {{ return(adapter.dispatch('whole_remainder', 'touchledger')(dividend, divisor)) }}
{%- endmacro %}

{% macro default__whole_remainder(dividend, divisor) -%}
    {{ in_short_numbers('%', dividend, divisor) }}
{%- endmacro %}

{#- Divides by the processor's own instruction where 64 bits hold the numbers, as they nearly always
    do: DuckDB divides longer ones twenty times as slowly. -#}
{% macro in_short_numbers(operator, dividend, divisor) -%}
    case
        when
            {{ dividend }} between 0 and 9223372036854775807
            and {{ divisor }} between 1 and 9223372036854775807
            then cast(
                cast(
                    {{ dividend }} as bigint
                ) {{ operator }} cast({{ divisor }} as bigint) as hugeint
            )
        else ({{ dividend }}) {{ operator }} ({{ divisor }})
    end
{%- endmacro %}

{#- The fraction remainder / divisor, from 0 and below 1, in units of 10^-16, rounded down: what
    shares are ranked by (R75). -#}
{% macro whole_fraction(remainder, divisor) -%}
    {{ return(adapter.dispatch('whole_fraction', 'touchledger')(remainder, divisor)) }}
{%- endmacro %}

{% macro default__whole_fraction(remainder, divisor) -%}
    {{ whole_division(remainder ~ ' * ' ~ big_whole('10000000000000000'), divisor) }}
{%- endmacro %}

{#- Eight digits at a time, where 64 bits hold them. -#}
{% macro duckdb__whole_fraction(remainder, divisor) -%}
    {%- set part = 'cast(' ~ remainder ~ ' as bigint) * 100000000' -%}
    {%- set whole = 'cast(' ~ divisor ~ ' as bigint)' -%}
    case
        when {{ divisor }} <= 92233720368
            then ({{ part }}) // {{ whole }} * 100000000
            + ({{ part }}) % {{ whole }} * 100000000 // {{ whole }}
        else cast({{ remainder }} * {{ big_whole('10000000000000000') }} // {{ divisor }} as bigint)
    end
{%- endmacro %}

{% macro spark__big_whole(value) -%}
    cast({{ value }} as decimal(38, 0))
{%- endmacro %}

{% macro spark__whole_division(dividend, divisor) -%}
    (({{ dividend }}) div ({{ divisor }}))
{%- endmacro %}

{% macro spark__whole_remainder(dividend, divisor) -%}
    (({{ dividend }}) % ({{ divisor }}))
{%- endmacro %}
