{#- A model's table as the last build left it, and, with `before`, the copy that this build set
    aside before building it anew. No edge of the graph: what changed is found by comparing with it,
    and the graph would run in a circle. -#}
{% macro built(name, before=false) -%}
    {%- if execute -%}
        {%- set node = graph.nodes['model.touchledger.' ~ name] -%}
        {{ return(
            api.Relation.create(
                database=node.database, schema=node.schema,
                identifier=node.alias ~ ('__before' if before else '')
            )
        ) }}
    {%- endif -%}
{%- endmacro %}
