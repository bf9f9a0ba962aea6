{#- Before a full build: empties the databases of the layers, whatever lies in them. A build that
    died leaves files of tables that no catalogue knows, and Spark makes no table where files are.
    On DuckDB a build leaves nothing. -#}
{% macro clear_databases() -%}
    {{ return(adapter.dispatch('clear_databases', 'touchledger')()) }}
{%- endmacro %}

{% macro default__clear_databases() -%}
{%- endmacro %}

{% macro spark__clear_databases() -%}
    {%- if execute and flags.WHICH == 'build' and flags.FULL_REFRESH -%}
        {%- for schema in graph.nodes.values()
            | selectattr('resource_type', 'in', ['model', 'seed']) | map(attribute='schema')
            | unique -%}
            {%- set described = run_query('describe database extended ' ~ schema).rows
                | map('join', ' ') | join(' ') -%}
            {%- if '(touchledger,' not in described -%}
                {%- do exceptions.raise_compiler_error(
                    'The database ' ~ schema
                    ~ ' was not made by Touchledger and is left alone; '
                    ~ 'set TOUCHLEDGER_SPARK_PREFIX to a prefix of its own'
                ) -%}
            {%- endif -%}
            {%- do run_query('drop database ' ~ schema ~ ' cascade') -%}
            {%- do create_schema(api.Relation.create(schema=schema)) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{#- A database, in dbt's place: marked as one that may be emptied. -#}
{% macro spark__create_schema(relation) -%}
    {%- call statement('create_schema') -%}
        create database if not exists {{ relation.without_identifier() }} with dbproperties (
            'touchledger' = 'a layer'
        )
    {%- endcall -%}
{%- endmacro %}
