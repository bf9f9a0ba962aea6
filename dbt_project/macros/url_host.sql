{#- A URL's host as channels compare it (R110): what follows `//`, else the start, up to the path,
    query or fragment, without user and port, in lower case. A sign that ends the URL stands for
    `$`, which Java lets match before a last line break. -#}
{% macro url_host(url) -%}
    {{ lower_case(
        "regexp_extract(" ~ url
            ~ " || '#', '^(([a-zA-Z][a-zA-Z0-9+.-]*:)?//)?([^/?#]*@)?([^/?#]*?)(:[0-9]*)?[/?#]', 4)"
    ) }}
{%- endmacro %}
