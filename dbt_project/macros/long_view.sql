{#- The materialization of a query that is read once after a build: a view, and on Spark a table,
    because a metastore on Derby keeps no view of more than 32,700 characters. -#}
{% macro long_view() -%}
    {{ return(adapter.dispatch('long_view', 'touchledger')()) }}
{%- endmacro %}

{% macro default__long_view() -%}
    {{ return('view') }}
{%- endmacro %}

{% macro spark__long_view() -%}
    {{ return('table') }}
{%- endmacro %}
