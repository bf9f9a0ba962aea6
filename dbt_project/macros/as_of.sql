{#- The run's "now" (R84), as a scalar. -#}
{% macro as_of() -%}
    (select run_context.as_of from {{ source('raw', 'run_context') }} as run_context)
{%- endmacro %}
