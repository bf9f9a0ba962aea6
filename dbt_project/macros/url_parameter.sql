{#- The raw value of the first parameter of exactly that name in a URL's query; empty where it has no value, null where there is no
    such parameter. A fragment is no query. -#}
{% macro url_parameter(url, name) -%}
    case
        when {{ url }} like '%{{ name }}%'
            then regexp_extract(
                '&' || regexp_extract({{ url }}, '^[^?#]*[?]([^#]*)', 1) || '&', '&{{ name }}(=[^&]*)?&', 1
            )
    end
{%- endmacro %}
