{#- A whole row of a raw table as text, for people; without the number of its file, which depends on
    what landed before it. -#}
{% macro row_as_text(table, alias) -%}
    {{ return(adapter.dispatch('row_as_text', 'touchledger')(table, alias)) }}
{%- endmacro %}

{% macro default__row_as_text(table, alias) -%}
    cast(json_merge_patch(to_json({{ alias }}), '{"_file_id": null}') as string)
{%- endmacro %}

{% macro spark__row_as_text(table, alias) -%}
    to_json(
        named_struct(
            {%- for column in (
                graph.sources['source.touchledger.raw.' ~ table].columns.values() if execute else []
            ) %}
            {%- set value = alias ~ '.' ~ column.name %}
            '{{ column.name }}',
            {{ 'cast(' ~ value ~ ' as string)' if column.data_type == 'timestamp'
                else value }}{{ ',' if not loop.last }}
            {%- endfor %}
        ),
        map('ignoreNullFields', 'false')
    )
{%- endmacro %}
