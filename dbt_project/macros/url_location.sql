{#- Where a URL leads, for comparison (R91): host, lower-case, and path without a trailing slash;
    scheme, query and fragment left out. -#}
{% macro url_location(url) -%}
    {%- set rest = "regexp_extract(" ~ url ~ ", '^(([a-zA-Z][a-zA-Z0-9+.-]*:)?//)?([^?#]*)', 3)" -%}
    (
        {{ lower_case("regexp_extract(" ~ rest ~ ", '^([^/]*)', 1)") }}
        || regexp_extract({{ rest }}, '(?s)^[^/]*(/.*[^/])?/*$', 1)
    )
{%- endmacro %}
