{#- Incremental strategy `replace_keys`: the rows of every changed key go and the recomputed ones
    come, in one transaction, so that a key that has no rows any more has none. `meta.replaces`
    names the key and the models that list its changed values; without a key all rows are replaced.
    -#}
{% macro get_incremental_replace_keys_sql(arguments) -%}
    {{ return(adapter.dispatch('get_incremental_replace_keys_sql', 'touchledger')(arguments)) }}
{%- endmacro %}

{% macro default__get_incremental_replace_keys_sql(arguments) -%}
    {%- set replaces = config.get('meta').get('replaces') -%}
    delete from {{ arguments['target_relation'] }}
    {%- if replaces.get('key') %}
    where {{ has_changed(replaces['key'], replaces['changed'], replaces['key']) }}
    {%- endif %};
    insert into {{ arguments['target_relation'] }} by name
    select * from {{ arguments['temp_relation'] }}
{%- endmacro %}
