{#- Whether a query has the columns that the model's contract promises: one question, where dbt asks
    a second one for the contract and compares by a macro per column. Contracts spell types as
    DuckDB does. Where they differ, dbt says how. -#}
{% macro duckdb__get_assert_columns_equivalent(sql) -%}
    {%- set promised, found = [], [] -%}
    {%- for column in model['columns'].values() -%}
        {%- do promised.append([column.name | lower, column.data_type | upper]) -%}
    {%- endfor -%}
    {%- for column in adapter.get_column_schema_from_query(sql) -%}
        {%- do found.append([column.name | lower, column.dtype | upper]) -%}
    {%- endfor -%}
    {%- if promised | sort != found | sort -%}
        {{ return(assert_columns_equivalent(sql)) }}
    {%- endif -%}
{%- endmacro %}
