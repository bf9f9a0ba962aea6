{#- Schemas are named by layer alone, the same in every target; on Spark, databases, with a prefix,
    because several HOMEs may share a cluster. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- set place = place_of(node) -%}
    {{- return(
        place[0] if place else adapter.dispatch('layer_schema', 'touchledger')(
            custom_schema_name | trim if custom_schema_name else none
        )
    ) -}}
{%- endmacro %}

{% macro default__layer_schema(layer) -%}
    {{ return(layer or target.schema) }}
{%- endmacro %}

{% macro spark__layer_schema(layer) -%}
    {{ return(target.schema ~ '_' ~ layer if layer else target.schema) }}
{%- endmacro %}
