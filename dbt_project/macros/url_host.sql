{#- A URL's host as channels compare it (R110): what follows `//`, else the start, up to the path, query or fragment, without user and port, in lower case. -#}
{% macro url_host(url) -%}
    {{ lower_case("regexp_extract(" ~ url ~ ", '(?s)^(([a-zA-Z][a-zA-Z0-9+.-]*:)?//)?([^/?#]*@)?([^/?#]*?)(:[0-9]*)?([/?#].*)?$', 4)") }}
{%- endmacro %}
