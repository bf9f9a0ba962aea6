{#- An e-mail address as it is compared (R11): lower-case, without spaces around it. -#}
{% macro mail_address(value) -%}
    {{ lower_case("trim(both ' ' from " ~ value ~ ")") }}
{%- endmacro %}
