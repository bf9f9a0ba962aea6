{#- On DuckDB, published tables are built in a file of their own, which publishing copies: a table
    of the marts, and one before them that has the rows of a published table (`meta: {published_as:
    schema.table}`) and is stored under that name. Everything else is in the warehouse. -#}
{% macro generate_database_name(custom_database_name=none, node=none) -%}
    {{- return(adapter.dispatch('file_of', 'touchledger')(node)) -}}
{%- endmacro %}

{% macro default__file_of(node) -%}
    {%- set is_published = node and node.resource_type == 'model' and (
        place_of(node) or (node.fqn[1] == 'marts' and node.config.materialized != 'view')
    ) -%}
    {{ return('to_publish' if is_published else target.database) }}
{%- endmacro %}

{% macro spark__file_of(node) -%}
    {{ return(none) }}
{%- endmacro %}

{#- Schema and name under which a model's table is stored, where these are a published table's. -#}
{% macro place_of(node) -%}
    {{ return(adapter.dispatch('place_of', 'touchledger')(node)) }}
{%- endmacro %}

{% macro default__place_of(node) -%}
    {%- if node and node.resource_type == 'model' and node.config.meta.get('published_as') -%}
        {{ return(node.config.meta['published_as'].split('.')) }}
    {%- endif -%}
{%- endmacro %}

{% macro spark__place_of(node) -%}
    {{ return(none) }}
{%- endmacro %}
