{#- Before anything is built: makes the landed tables known to the engine. On DuckDB they lie in the
    warehouse itself. -#}
{% macro register_sources() -%}
    {{ return(adapter.dispatch('register_sources', 'touchledger')()) }}
{%- endmacro %}

{% macro default__register_sources() -%}
{%- endmacro %}

{#-
    They are Parquet below the variable spark_lake, one folder per table, which the server and all
    workers see. Tables in spark_tables_in_place have files, too, that the cluster reads as a loader
    landed them, with the file's number in their path.
-#}
{% macro spark__register_sources() -%}
    {%- if execute -%}
        {%- set lake = var('spark_lake', '') -%}
        {%- if not lake.startswith('/') and '://' not in lake -%}
            {%- do exceptions.raise_compiler_error(
                'spark_lake must name the folder of the landed Parquet by its whole path; '
                ~ '`touchledger run --target spark` sets it'
            ) -%}
        {%- endif -%}
        {%- set in_place = var('spark_tables_in_place', '').split() -%}
        {%- set views = [] -%}
        {%- for source in graph.sources.values() -%}
            {%- if loop.first -%}
                {%- do run_query('create database if not exists ' ~ source.schema) -%}
                {%- do views.extend(
                    run_query('show views in ' ~ source.schema).columns['viewName'].values()
                ) -%}
            {%- endif -%}
            {%- set relation = api.Relation.create(
                schema=source.schema, identifier=source.identifier
            ) -%}
            {%- do run_query(
                'drop ' ~ (
                    'view' if source.identifier in views else 'table'
                ) ~ ' if exists ' ~ relation
            ) -%}
            {%- if source.identifier in in_place -%}
                {%- do register_in_place(source, relation, lake) -%}
            {%- else -%}
                {%- do register_copied(source, relation, lake) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{#- The rows that the landing step wrote for the cluster. -#}
{% macro register_copied(source, relation, lake) -%}
    {%- do run_query(
        'create table ' ~ relation ~ ' using parquet location '
            ~ text_literal(lake ~ '/raw/' ~ source.identifier)
    ) -%}
{%- endmacro %}

{#- A view of those and of the files that are read where they lie; where these have no value, it is
    what its absence means, as in landing. -#}
{% macro register_in_place(source, relation, lake) -%}
    {%- set copied = api.Relation.create(
        schema=source.schema, identifier=source.identifier ~ '__copied'
    ) -%}
    {%- set landed = api.Relation.create(
        schema=source.schema, identifier=source.identifier ~ '__in_place'
    ) -%}
    {%- set columns = [] -%}
    {%- set values = [] -%}
    {%- for column in source.columns.values() -%}
        {%- do columns.append(column.name ~ ' ' ~ spark_type(column.data_type) | trim) -%}
        {%- set absent = column.config.get('meta', {}).get('absent_means') -%}
        {%- do values.append(
            column.name if absent is none else 'coalesce(' ~ column.name ~ ', ' ~ absent ~ ') as '
                ~ column.name
        ) -%}
    {%- endfor -%}
    {%- for table in (copied, landed) -%}
        {%- do run_query('drop table if exists ' ~ table) -%}
    {%- endfor -%}
    {%- do register_copied(source, copied, lake) -%}
    {%- do run_query(
        'create table ' ~ landed ~ ' (' ~ columns | join(', ')
            ~ ', _file_id int) using parquet partitioned by (_file_id) location '
        ~ text_literal(lake ~ '/in_place/' ~ source.identifier)
    ) -%}
    {%- do run_query('msck repair table ' ~ landed) -%}
    {%- do run_query(
        'create view ' ~ relation ~ ' as select ' ~ source.columns.keys() | join(', ')
            ~ ', _file_id from ' ~ copied
        ~ ' union all select ' ~ values | join(', ') ~ ', _file_id from ' ~ landed
    ) -%}
{%- endmacro %}
