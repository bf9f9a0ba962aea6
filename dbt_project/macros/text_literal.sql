{#- Text as a literal of SQL. -#}
{% macro text_literal(value) -%}
    {{ return(adapter.dispatch('text_literal', 'touchledger')(value)) }}
{%- endmacro %}

{% macro default__text_literal(value) -%}
    '{{ value | replace("'", "''") }}'
{%- endmacro %}

{% macro spark__text_literal(value) -%}
    '{{ value | replace('\\', '\\\\') | replace("'", "\\'") }}'
{%- endmacro %}
