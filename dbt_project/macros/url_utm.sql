{#- A URL's utm parameter, normalised (R31). -#}
{% macro url_utm(url, name) -%}
    {{ normalise_utm("substring(" ~ url_parameter(url, name) ~ ", 2)") }}
{%- endmacro %}
