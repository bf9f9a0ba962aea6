{#- What `replace_keys` does on Spark (see materialization_incremental.sql): the rows of every
    changed key go and the recomputed ones come.

    rows: the table of buckets. sql: what computes the rows of all changed keys, and of no others.
    -#}
{% macro spark_replace_keys(rows, key, sql) -%}
    {%- set changed -%}
        select distinct keys.key
        from (
            {%- for name in config.get('meta').get('replaces')['changed'] %}
            select {{ key }} as key from {{ built(name) }}
            {{ 'union all' if not loop.last }}
            {%- endfor %}
        ) as keys
        where keys.key is not null
    {%- endset -%}
    {%- set buckets = run_query(
        'select distinct ' ~ spark_bucket('key') ~ ' as row_bucket from (' ~ changed
            ~ ') order by row_bucket'
    ).columns[0].values() | map('int') | list -%}
    {%- set columns = adapter.get_columns_in_relation(rows) | map(attribute='name')
        | reject('in', ['row_exists', 'row_bucket']) | list -%}
    {%- if not buckets -%}
        {%- call statement('main') -%} select 1 {%- endcall -%}
    {%- elif var('spark_file_format') == 'parquet' -%}
        {%- call statement('main') -%}
            insert overwrite table {{ rows }} partition (row_bucket)
            with changed as (
                {{ changed }}
            )

            select *
            from (
                select
                    {% for column in columns %}kept.{{ column }}, {% endfor %}true as row_exists,
                    kept.row_bucket
                from {{ rows }} as kept
                left anti join changed on kept.{{ key }} = changed.key
                where kept.row_bucket in ({{ buckets | join(', ') }}) and kept.row_exists
                union all
                select
                    {{ columns | join(', ') }}, true as row_exists,
                    {{ spark_bucket(key) }} as row_bucket
                from (
                    {{ sql }}
                ) as computed
                union all
                select
                    {{ (['null'] * (columns | length)) | join(', ') }}, false as row_exists,
                    row_bucket
                from (
                    values {% for bucket in buckets %}(
                        {{ bucket }}
                    ){{ ', ' if not loop.last }}{% endfor %}
                ) as places (row_bucket)
            ) as replaced
            distribute by row_bucket
        {%- endcall -%}
    {%- else -%}
        {%- do run_query(
            'merge into ' ~ rows ~ ' using (' ~ changed ~ ') as changed on ' ~ rows ~ '.' ~ key
                ~ ' = changed.key when matched then delete'
        ) -%}
        {%- call statement('main') -%}
            insert into {{ rows }}
            select
                {{ columns | join(', ') }}, true as row_exists,
                {{ spark_bucket(key) }} as row_bucket
            from (
                {{ sql }}
            ) as computed
        {%- endcall -%}
    {%- endif -%}
{%- endmacro %}
