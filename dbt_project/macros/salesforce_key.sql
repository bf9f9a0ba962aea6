{#- A Salesforce id as it is compared (R06): the first 15 characters, of which capitals matter;
    three more may follow that say nothing new. -#}
{% macro salesforce_key(value) -%}
    left(trim(both ' ' from {{ value }}), 15)
{%- endmacro %}
