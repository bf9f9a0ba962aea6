{#- The condition that a row is of the slice that is being computed (create_table_as.sql); all rows
    of a value are of one slice. While no table is filled slice by slice, all rows are. -#}
{% macro in_slice(column) -%}
    {{ return(adapter.dispatch('in_slice', 'touchledger')(column)) }}
{%- endmacro %}

{% macro default__in_slice(column) -%}
    true
{%- endmacro %}

{% macro duckdb__in_slice(column) -%}
    coalesce(hash({{ column }}) % getvariable('slices') = getvariable('slice'), true)
{%- endmacro %}
