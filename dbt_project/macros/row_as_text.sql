{#- A whole row as text, for people. -#}
{% macro row_as_text(alias) -%}
    {{ return(adapter.dispatch('row_as_text', 'touchledger')(alias)) }}
{%- endmacro %}

{% macro default__row_as_text(alias) -%}
    cast(to_json({{ alias }}) as string)
{%- endmacro %}
