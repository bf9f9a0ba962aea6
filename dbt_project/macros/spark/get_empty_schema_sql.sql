{#- The columns that a contract promises, in dbt's place: their types are written as DuckDB shows
    them to readers. -#}
{% macro spark__get_empty_schema_sql(columns) -%}
    select
        {%- for column in columns.values() %}
        cast(
            null as {{ spark_type(column.data_type) }}
        ) as {{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
{%- endmacro %}

{#- A type of DuckDB as Spark writes it. -#}
{% macro spark_type(type) -%}
    {%- if type.endswith('[]') -%}
        array<{{ spark_type(type[:-2]) }}>
    {%- else -%}
        {{ 'string' if type == 'varchar' else type }}
    {%- endif -%}
{%- endmacro %}
