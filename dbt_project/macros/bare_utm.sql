{#- A utm value without the signs that separate its words, for comparison with what it may have been
    meant to be (R95). -#}
{% macro bare_utm(value) -%}
    translate({{ value }}, ' -_.+', '')
{%- endmacro %}

{#- Whether text is ASCII: as many bytes as characters. -#}
{% macro is_ascii(value) -%}
    bit_length({{ value }}) = 8 * length({{ value }})
{%- endmacro %}
