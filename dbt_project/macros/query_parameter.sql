{#- `=` and the raw value of the first parameter of exactly that name in what `url_query` gives;
    empty where there is none, or no value. -#}
{% macro query_parameter(query, name) -%}
    regexp_extract({{ query }}, '&{{ name }}(=[^&]*)?&', 1)
{%- endmacro %}
