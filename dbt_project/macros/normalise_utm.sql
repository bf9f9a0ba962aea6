{#- A utm value as it is compared and published (R31): `+` is a space, percent-decoded (malformed sequences stay as written; what is not
    UTF-8 stays undecoded as a whole), spaces trimmed, lower-case; nothing left is null. -#}
{% macro normalise_utm(value) -%}
    nullif(lower(trim({{ percent_decode("replace(" ~ value ~ ", '+', ' ')") }}, ' ')), '')
{%- endmacro %}

{#- Percent-decoding that never fails. -#}
{% macro percent_decode(value) -%}
    {{ return(adapter.dispatch('percent_decode', 'touchledger')(value)) }}
{%- endmacro %}

{% macro default__percent_decode(value) -%}
    case when {{ value }} like '%\%%' escape '\' then coalesce(try(url_decode({{ value }})), {{ value }}) else {{ value }} end
{%- endmacro %}
