{#- Whether the variable `conversions` names a conversion besides the won deal (R100). -#}
{% macro credits_conversion(name) -%}
    {{ return(name in (var('conversions') | string).replace(' ', '').split(',')) }}
{%- endmacro %}
