{#- Materialization `incremental` on Spark: rows are kept in buckets of the key that `meta.replaces`
    names, one partition each, and an increment writes those buckets anew that hold a changed key,
    in one statement: the rows of other keys as they are, and the recomputed ones.

    Readers see a view of the name of the model, with the model's columns. The table beside it
    (`__rows`) has two more: `row_bucket`, and `row_exists`, false in the one row that keeps a
    bucket in which no other is left from being taken for untouched. Without a key all rows are
    replaced, as in a full build. -#}
{% materialization incremental, adapter='spark' -%}
    {%- set view = this.incorporate(type='view') -%}
    {%- set rows = api.Relation.create(
        schema=this.schema, identifier=this.identifier ~ '__rows', type='table'
    ) -%}
    {%- set key = config.get('meta').get('replaces').get('key') -%}
    {%- set is_first = load_cached_relation(this) is none or should_full_refresh() -%}
    {{ run_hooks(pre_hooks) }}
    {%- if config.get('contract').enforced -%}
        {{ get_assert_columns_equivalent(sql) }}
        {%- set sql = get_select_subquery(sql) -%}
    {%- endif -%}
    {%- if is_first or not key -%}
        {#- Without a key an increment reads what it replaces. Buckets are made in place: a
            catalogue may lose them with the name. -#}
        {%- set made = rows if key or is_first else api.Relation.create(
            schema=this.schema, identifier=this.identifier ~ '__next', type='table'
        ) -%}
        {%- do run_query('drop table if exists ' ~ made) -%}
        {%- call statement('main') -%}
            create table {{ made }} {{ file_format_clause() }}
            {{ 'partitioned by (row_bucket)' if key }} as
            select
                computed.*, true as row_exists {%- if key %},
                {{ spark_bucket(key) }} as row_bucket {%- endif %}
            from (
                {{ sql }}
            ) as computed
            {{ 'distribute by row_bucket' if key }}
        {%- endcall -%}
        {%- if made != rows -%}
            {%- do run_query('drop table if exists ' ~ rows) -%}
            {%- do run_query('alter table ' ~ made ~ ' rename to ' ~ rows) -%}
        {%- endif -%}
        {%- set columns = adapter.get_columns_in_relation(rows) | map(attribute='name')
            | reject('in', ['row_exists', 'row_bucket']) | join(', ') -%}
        {%- do run_query(
            'create or replace view ' ~ view ~ ' as select ' ~ columns ~ ' from ' ~ rows
                ~ ' where row_exists'
        ) -%}
    {%- else -%}
        {{ spark_replace_keys(rows, key, sql) }}
    {%- endif -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [view]}) }}
{%- endmaterialization %}

{#- The bucket that a key's rows are in, whatever the key's type. -#}
{% macro spark_bucket(key) -%}
    pmod(hash(cast({{ key }} as string)), {{ var('spark_buckets') }})
{%- endmacro %}
