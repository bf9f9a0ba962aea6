{#- In place of dbt's materializations `table` and `view` on DuckDB: what a model was goes, and what
    it is comes, in one transaction that is sent as one text. dbt's own build beside it and rename
    twice, and every statement has a cost of dbt's; for a small model that is more than its query's.
    Readers see published files alone, so nobody waits for a name. A model whose query reads what it
    was itself could not be made so. -#}
{% materialization table, adapter='duckdb' -%}
    {%- set relation = this.incorporate(type='table') -%}
    {{ return(duckdb_replaced(relation, create_table_as(False, relation, sql))) }}
{%- endmaterialization %}

{% materialization view, adapter='duckdb' -%}
    {%- set relation = this.incorporate(type='view') -%}
    {{ return(duckdb_replaced(relation, get_create_view_as_sql(relation, sql))) }}
{%- endmaterialization %}

{% macro duckdb_replaced(relation, create) -%}
    {%- set before = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks) }}
    {%- call statement('main', auto_begin=False) -%}
        begin;
        {%- if before is not none %}
        drop {{ before.type }} if exists {{ before }} cascade;
        {%- endif %}
        {{ create }}
        commit;
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [relation]}) }}
{%- endmacro %}
