{#- Incremental strategy `replace_keys`: the rows of every changed key go and the recomputed ones
    come, in one transaction, so that a key that has no rows any more has none. `meta.replaces`
    names the key and the models that list its changed values; without a key all rows are replaced.
    -#}
{% macro get_incremental_replace_keys_sql(arguments) -%}
    {{ return(adapter.dispatch('get_incremental_replace_keys_sql', 'touchledger')(arguments)) }}
{%- endmacro %}

{% macro default__get_incremental_replace_keys_sql(arguments) -%}
    {%- set replaces = config.get('meta').get('replaces') -%}
    {%- if replaces.get('key') %}
    {%- for name in replaces['changed'] %}
    delete from {{ arguments['target_relation'] }}
    where {{ replaces['key'] }} in (
        select keys.{{ replaces['key'] }}
        from {{ built(name) }} as keys
        where keys.{{ replaces['key'] }} is not null
    );
    {%- endfor %}
    {%- else %}
    delete from {{ arguments['target_relation'] }};
    {%- endif %}
    insert into {{ arguments['target_relation'] }} by name
    select * from {{ arguments['temp_relation'] }}
{%- endmacro %}
