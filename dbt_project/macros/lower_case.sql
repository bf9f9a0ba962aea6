{#- Text in lower case, letter by letter, as values are compared and published (R11, R31, R91). -#}
{% macro lower_case(value) -%}
    {{ return(adapter.dispatch('lower_case', 'touchledger')(value)) }}
{%- endmacro %}

{% macro default__lower_case(value) -%}
    lower({{ value }})
{%- endmacro %}

{#- Spark's `lower` looks at the neighbours of a sigma and makes two letters of a dotted capital I.
    -#}
{% macro spark__lower_case(value) -%}
    lower(translate({{ value }}, 'İΣ', 'iσ'))
{%- endmacro %}
