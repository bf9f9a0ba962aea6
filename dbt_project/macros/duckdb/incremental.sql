{#- In place of dbt's materialization `incremental` on DuckDB, for the same reason as `table`: what
    is recomputed, and what becomes of the rows of its keys (`replace_keys`), is one transaction and
    one text. A model that is built whole is a table. -#}
{% materialization incremental, adapter='duckdb' -%}
    {%- set relation = this.incorporate(type='table') -%}
    {%- if load_cached_relation(this) is none or should_full_refresh() -%}
        {{ return(duckdb_replaced(relation, create_table_as(False, relation, sql))) }}
    {%- endif -%}
    {%- set rows = make_temp_relation(relation) -%}
    {{ run_hooks(pre_hooks) }}
    {%- call statement('main', auto_begin=False) -%}
        begin;
        {{ create_table_as(True, rows, sql) }}
        {{ get_incremental_replace_keys_sql(
            {'target_relation': relation, 'temp_relation': rows}
        ) }};
        drop table {{ rows }};
        commit;
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [relation]}) }}
{%- endmaterialization %}
