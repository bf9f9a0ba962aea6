{#- A URL's query with an ampersand on either side, so that every parameter stands between two. A
    fragment is no query. -#}
{% macro url_query(url) -%}
    '&' || regexp_extract({{ url }}, '^[^?#]*[?]([^#]*)', 1) || '&'
{%- endmacro %}
