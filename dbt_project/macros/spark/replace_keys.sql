{#- What `replace_keys` does on Spark (see materialization_incremental.sql): the rows of every changed key go and the recomputed ones come.

    rows: the table of buckets. sql: what computes the rows of all changed keys, and of no others. -#}
{% macro spark_replace_keys(rows, key, sql) -%}
    {%- set changed -%}
        select distinct keys.key, {{ spark_bucket('keys.key') }} as _bucket
        from (
            {%- for name in config.get('meta').get('replaces')['changed'] %}
            select {{ key }} as key from {{ built(name) }}
            {{ 'union all' if not loop.last }}
            {%- endfor %}
        ) as keys
        where keys.key is not null
    {%- endset -%}
    {%- set buckets = run_query('select distinct _bucket from (' ~ changed ~ ') order by _bucket').columns[0].values() | map('int') | list -%}
    {%- set columns = adapter.get_columns_in_relation(rows) | map(attribute='name') | reject('in', ['_is_row', '_bucket']) | list -%}
    {%- if not buckets -%}
        {%- call statement('main') -%} select 1 {%- endcall -%}
    {%- elif var('spark_file_format') == 'parquet' -%}
        {%- call statement('main') -%}
            insert overwrite table {{ rows }} partition (_bucket)
            with changed as (
                {{ changed }}
            )

            select *
            from (
                select {% for column in columns %}kept.{{ column }}, {% endfor %}true as _is_row, kept._bucket
                from {{ rows }} as kept
                left anti join changed on kept.{{ key }} = changed.key and kept._bucket = changed._bucket
                where kept._bucket in ({{ buckets | join(', ') }}) and kept._is_row
                union all
                select {{ columns | join(', ') }}, true as _is_row, {{ spark_bucket(key) }} as _bucket
                from (
                    {{ sql }}
                ) as computed
                union all
                select {{ (['null'] * (columns | length)) | join(', ') }}, false as _is_row, _bucket
                from (values {% for bucket in buckets %}({{ bucket }}){{ ', ' if not loop.last }}{% endfor %}) as places (_bucket)
            ) as replaced
            distribute by _bucket
        {%- endcall -%}
    {%- else -%}
        {%- do run_query('merge into ' ~ rows ~ ' using (' ~ changed ~ ') as changed on ' ~ rows ~ '.' ~ key ~ ' = changed.key when matched then delete') -%}
        {%- call statement('main') -%}
            insert into {{ rows }}
            select {{ columns | join(', ') }}, true as _is_row, {{ spark_bucket(key) }} as _bucket
            from (
                {{ sql }}
            ) as computed
        {%- endcall -%}
    {%- endif -%}
{%- endmacro %}
