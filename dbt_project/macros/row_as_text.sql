{#- A whole landed row as text, for people; without the number of its file, which depends on what landed before it. -#}
{% macro row_as_text(alias) -%}
    {{ return(adapter.dispatch('row_as_text', 'touchledger')(alias)) }}
{%- endmacro %}

{% macro default__row_as_text(alias) -%}
    cast(json_merge_patch(to_json({{ alias }}), '{"_file_id": null}') as string)
{%- endmacro %}
