{#- Before anything is built: makes the landed tables known to the engine. On DuckDB they lie in the warehouse itself. -#}
{% macro register_sources() -%}
    {{ return(adapter.dispatch('register_sources', 'touchledger')()) }}
{%- endmacro %}

{% macro default__register_sources() -%}
{%- endmacro %}

{#- They are read where they lie: Parquet below TOUCHLEDGER_LAKE, one folder per table, seen by the server and all workers.

    A full build first removes every database of this HOME with all that lies in it: what a build left that died half-way would stand in the way
    of a table of that name. -#}
{% macro spark__register_sources() -%}
    {%- if execute -%}
        {%- set lake = env_var('TOUCHLEDGER_LAKE', '') -%}
        {%- if not lake.startswith('/') and '://' not in lake -%}
            {%- do exceptions.raise_compiler_error(
                'TOUCHLEDGER_LAKE must name the folder of the landed Parquet by its absolute path; `touchledger run --target spark` sets it'
            ) -%}
        {%- endif -%}
        {%- if flags.WHICH == 'build' and flags.FULL_REFRESH and not is_increment() -%}
            {%- for node in graph.nodes.values() if node.resource_type in ('model', 'seed') %}
            {%- endfor -%}
        {%- endif -%}
        {%- for source in graph.sources.values() -%}
            {%- set relation = api.Relation.create(schema=source.schema, identifier=source.identifier) -%}
            {%- if loop.first -%}
                {%- do run_query('create database if not exists ' ~ source.schema) -%}
            {%- endif -%}
            {%- do run_query('drop table if exists ' ~ relation) -%}
            {%- do run_query('create table ' ~ relation ~ ' using parquet location ' ~ text_literal(lake ~ '/raw/' ~ source.identifier)) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
