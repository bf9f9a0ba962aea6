{#- The format of every table, in dbt's place: a variable. -#}
{% macro spark__file_format_clause() -%}
    using {{ var('spark_file_format') }}
{%- endmacro %}
