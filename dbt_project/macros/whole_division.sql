{#- Exact arithmetic on whole numbers of up to 38 digits, and the quotient rounded down. -#}
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
    (({{ dividend }}) // ({{ divisor }}))
{%- endmacro %}

{% macro spark__big_whole(value) -%}
    cast({{ value }} as decimal(38, 0))
{%- endmacro %}

{% macro spark__whole_division(dividend, divisor) -%}
    (({{ dividend }}) div ({{ divisor }}))
{%- endmacro %}
