{#- What `replace_keys` does on Spark (see materialization_incremental.sql): the rows of every changed key go and the recomputed ones come.

    rows: the table of buckets. sql: what computes the rows of all changed keys, and of no others. -#}
{% macro spark_replace_keys(rows, key, sql) -%}
    {%- set changed -%}
        select distinct keys.key, {{ spark_bucket('keys.key') }} as bucket_of_key
        from (
            {%- for name in config.get('meta').get('replaces')['changed'] %}
            select {{ key }} as key from {{ built(name) }}
            {{ 'union all' if not loop.last }}
            {%- endfor %}
        ) as keys
        where keys.key is not null
    {%- endset -%}
    {%- set buckets = run_query('select distinct bucket_of_key from (' ~ changed ~ ') order by bucket_of_key').columns[0].values() | map('int') | list -%}
    {%- set columns = adapter.get_columns_in_relation(rows) | map(attribute='name') | reject('in', ['_is_row', 'bucket_of_key']) | list -%}
    {%- if not buckets -%}
        {%- call statement('main') -%} select 1 {%- endcall -%}
    {%- elif var('spark_file_format') == 'parquet' -%}
        {%- call statement('main') -%}
            insert overwrite table {{ rows }} partition (bucket_of_key)
            with changed as (
                {{ changed }}
            )

            select *
            from (
                select {% for column in columns %}kept.{{ column }}, {% endfor %}true as _is_row, kept.bucket_of_key
                from {{ rows }} as kept
                left anti join changed on kept.{{ key }} = changed.key and kept.bucket_of_key = changed.bucket_of_key
                where kept.bucket_of_key in ({{ buckets | join(', ') }}) and kept._is_row
                union all
                select {{ columns | join(', ') }}, true as _is_row, {{ spark_bucket(key) }} as bucket_of_key
                from (
                    {{ sql }}
                ) as computed
                union all
                select {{ (['null'] * (columns | length)) | join(', ') }}, false as _is_row, bucket_of_key
                from (values {% for bucket in buckets %}({{ bucket }}){{ ', ' if not loop.last }}{% endfor %}) as places (bucket_of_key)
            ) as replaced
            distribute by bucket_of_key
        {%- endcall -%}
    {%- else -%}
        {%- do run_query('merge into ' ~ rows ~ ' using (' ~ changed ~ ') as changed on ' ~ rows ~ '.' ~ key ~ ' = changed.key when matched then delete') -%}
        {%- call statement('main') -%}
            insert into {{ rows }}
            select {{ columns | join(', ') }}, true as _is_row, {{ spark_bucket(key) }} as bucket_of_key
            from (
                {{ sql }}
            ) as computed
        {%- endcall -%}
    {%- endif -%}
{%- endmacro %}
