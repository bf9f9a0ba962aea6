{#- The values of unit tests, in dbt's place: lists are written as DuckDB casts them, `[a, b]`,
    which Spark does not cast. -#}
{% macro spark__safe_cast(field, type) -%}
    {%- if type.startswith('array') and field is string and field != 'null' -%}
        array_remove(split(trim(both '[]' from {{ field }}), ', *'), '')
    {%- else -%}
        cast({{ field }} as {{ type }})
    {%- endif -%}
{%- endmacro %}
