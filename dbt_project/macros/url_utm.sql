{#- A URL's utm parameter, normalised (R31). -#}
{% macro url_utm(url, name) -%}
    {{ normalise_utm("substring(" ~ url_parameter(url, name) ~ ", 2)") }}
{%- endmacro %}

{#- The same of what `url_query` gives. -#}
{% macro query_utm(query, name) -%}
    {{ normalise_utm("substring(" ~ query_parameter(query, name) ~ ", 2)") }}
{%- endmacro %}
