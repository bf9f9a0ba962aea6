{#- A model's table has the model's name, or that of the published table that it is stored as. -#}
{% macro generate_alias_name(custom_alias_name=none, node=none) -%}
    {%- set place = place_of(node) -%}
    {{- return(place[1] if place else custom_alias_name or node.name) -}}
{%- endmacro %}
