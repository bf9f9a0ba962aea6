{#- Before anything is built: makes the landed tables known to the engine. On DuckDB they lie in the warehouse itself. -#}
{% macro register_sources() -%}
    {{ return(adapter.dispatch('register_sources', 'touchledger')()) }}
{%- endmacro %}

{% macro default__register_sources() -%}
{%- endmacro %}

{#- They are read where they lie: Parquet below TOUCHLEDGER_LAKE, one folder per table, which the server and all workers see. -#}
{% macro spark__register_sources() -%}
    {%- if execute -%}
        {%- set lake = env_var('TOUCHLEDGER_LAKE', '') -%}
        {%- if not lake.startswith('/') and '://' not in lake -%}
            {%- do exceptions.raise_compiler_error(
                'TOUCHLEDGER_LAKE must name the folder of the landed Parquet by its whole path; `touchledger run --target spark` sets it'
            ) -%}
        {%- endif -%}
        {%- for source in graph.sources.values() -%}
            {%- if loop.first -%}
                {%- do run_query('create database if not exists ' ~ source.schema) -%}
            {%- endif -%}
            {%- set relation = api.Relation.create(schema=source.schema, identifier=source.identifier) -%}
            {%- do run_query('drop table if exists ' ~ relation) -%}
            {%- do run_query('create table ' ~ relation ~ ' using parquet location ' ~ text_literal(lake ~ '/raw/' ~ source.identifier)) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
