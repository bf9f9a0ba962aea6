{#- Whether a landed row came after what the last build was made from. -#}
{% macro is_newly_landed(row, file_id='_file_id') -%}
    {{ row }}.{{ file_id }}
    > (select plan.after_file_id from {{ source('raw', 'build_plan') }} as plan)
{%- endmacro %}
