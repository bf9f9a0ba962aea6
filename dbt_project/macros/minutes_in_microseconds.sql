{#- A number of minutes, a variable's value, as whole microseconds. -#}
{% macro minutes_in_microseconds(minutes) -%}
    cast({{ (minutes | int) * 60000000 }} as bigint)
{%- endmacro %}
