{#- Materialization `carried`, for what is published row by row as earlier models have it: the query
    of a view. On DuckDB it is a table in the file that is published, and an increment replaces the
    rows of the keys that changed (`meta.replaces`). Elsewhere it is the view: publishing writes the
    table. -#}
{% materialization carried, default -%}
    {%- set materialize = context.get('materialization_view_' ~ adapter.type())
        or context['materialization_view_default'] -%}
    {{ return(materialize()) }}
{%- endmaterialization %}

{% materialization carried, adapter='duckdb' -%}
    {%- set relation = this.incorporate(type='table') -%}
    {%- if not is_increment() or load_cached_relation(this) is none -%}
        {{ return(duckdb_replaced(relation, create_table_as(False, relation, sql))) }}
    {%- endif -%}
    {{ run_hooks(pre_hooks) }}
    {%- call statement('main', auto_begin=False) -%}
        begin;
        {%- for rows in rows_of_changed_keys(config.get('meta')['replaces']) %}
        delete from {{ relation }} where {{ rows }};
        {%- endfor %}
        {%- for rows in rows_of_changed_keys(config.get('meta')['replaces']) %}
        insert into {{ relation }} by name select * from (
            {{ sql }}
        ) where {{ rows }};
        {%- endfor %}
        commit;
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [relation]}) }}
{%- endmaterialization %}

{#- A condition per key of `replaces` (and `also` in it) that a row has a changed one, and none that
    an earlier condition asks for: DuckDB looks rows up by one key at a time, and reads the whole
    table for an `or`. -#}
{% macro rows_of_changed_keys(replaces) -%}
    {%- set conditions, earlier = [], [] -%}
    {%- for rule in [replaces] + ([replaces['also']] if 'also' in replaces else []) -%}
        {%- set condition = has_changed(rule['key'], rule['changed'], rule['key']) -%}
        {%- do conditions.append(([condition] + earlier) | join(' and ')) -%}
        {%- do earlier.append('(' ~ condition ~ ') is not true') -%}
    {%- endfor -%}
    {{ return(conditions) }}
{%- endmacro %}
