{#- Before an increment: sets aside the tables that are about to be built anew and that later models
    compare with (`meta: {kept_before: true}`). What an earlier build set aside goes. -#}
{% macro keep_before() -%}
    {%- if execute and flags.WHICH in ('build', 'run') -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'model'
            and node.config.meta.get('kept_before') -%}
            {%- set aside = built(node.name, before=true) -%}
            {%- do run_query('drop table if exists ' ~ aside) -%}
            {%- if is_increment() and is_kept_before(node.name) -%}
                {%- do run_query(
                    'create table ' ~ aside ~ ' as select * from ' ~ built(node.name)
                ) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
