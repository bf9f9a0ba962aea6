{#- In dbt's place on DuckDB: a table with `meta: {sliced: true}` is filled slice by slice in a full build, so that memory and spilled files follow the slice and
    not the history. What it reads says by `in_slice` which rows those are. -#}
{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) -%}
    {%- set create = dbt.duckdb__create_table_as(temporary, relation, compiled_code, language, partitioned_by, sorted_by) -%}
    {%- if temporary or not config.get('meta', {}).get('sliced') -%}
        {{ return(create) }}
    {%- endif -%}
    {#- What two parts of the plan have in common would be held in memory: all events, whatever the slice. -#}
    set disabled_optimizers = 'common_subplan';
    {%- set slices = slice_count() %}
    set variable slices = {{ slices }};
    {%- for slice in range(slices) %}
    set variable slice = {{ slice }};
    {{ create if loop.first else 'insert into ' ~ relation ~ ' by name ' ~ compiled_code ~ ';' }}
    {%- endfor %}
    reset variable slice;
    reset variable slices;
    reset disabled_optimizers;
{%- endmacro %}

{#- How many slices the landed events make. -#}
{% macro slice_count() -%}
    {%- set most = var('slice_events') | int -%}
    {%- set landed = api.Relation.create(database=this.database, schema='raw', identifier='events') -%}
    {%- set events = run_query('select count(*) from ' ~ landed).columns[0].values()[0] -%}
    {{ return((events / most) | round(0, 'ceil') | int or 1 if most else 1) }}
{%- endmacro %}
