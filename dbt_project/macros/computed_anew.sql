{#- Behind `as` of a subquery that is read twice: DuckDB computes it twice instead of holding its
    rows in memory. -#}
{% macro computed_anew() -%}
    {{ return(adapter.dispatch('computed_anew', 'touchledger')()) }}
{%- endmacro %}

{% macro default__computed_anew() -%}
{%- endmacro %}

{% macro duckdb__computed_anew() -%}
    not materialized
{%- endmacro %}
