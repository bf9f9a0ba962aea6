{#- `=` and the raw value of the first parameter of exactly that name in a URL's query; empty where
    it has no value, null where the URL does not have the name. -#}
{% macro url_parameter(url, name) -%}
    case when {{ url }} like '%{{ name }}%' then {{ query_parameter(url_query(url), name) }} end
{%- endmacro %}
