{#- The values of `columns` in rows that this build brought, took away or changed, old and new ones.
    Only of models with `meta: {kept_before: true}`.

    Empty in a full build, and where the model is not built anew in this one. -#}
{% macro changed_rows(name, columns) -%}
    {%- set list = columns | join(', ') -%}
    {%- set now = ref(name) -%}
    {%- if is_increment() and is_kept_before(name) -%}
    (
        select {{ list }} from {{ built(name, before=true) }}
        except
        select {{ list }} from {{ now }}
    )
    union all
    (
        select {{ list }} from {{ now }}
        except
        select {{ list }} from {{ built(name, before=true) }}
    )
    {%- else -%}
    select {{ list }} from {{ now }} where 1 = 0
    {%- endif -%}
{%- endmacro %}

{#- Whether the build that runs set aside what the model was before. -#}
{% macro is_kept_before(name) -%}
    {{ return(execute and 'model.touchledger.' ~ name in selected_resources) }}
{%- endmacro %}
