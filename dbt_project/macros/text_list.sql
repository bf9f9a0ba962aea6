{#- Lists of text: sorted and distinct, from rows or from `;`-separated text. -#}
{% macro text_list_agg(value) -%}
    {{ return(adapter.dispatch('text_list_agg', 'touchledger')(value)) }}
{%- endmacro %}

{% macro default__text_list_agg(value) -%}
    coalesce(
        list_sort(list(distinct {{ value }}) filter (where {{ value }} is not null)),
        cast([] as string[])
    )
{%- endmacro %}

{% macro empty_text_list() -%}
    {{ return(adapter.dispatch('empty_text_list', 'touchledger')()) }}
{%- endmacro %}

{% macro default__empty_text_list() -%}
    cast([] as string[])
{%- endmacro %}

{#- One row per part of `;`-separated text: a select of the given columns and `part`, spaces
    trimmed, empty parts left out. -#}
{% macro split_rows(relation, columns, value) -%}
    {{ return(adapter.dispatch('split_rows', 'touchledger')(relation, columns, value)) }}
{%- endmacro %}

{% macro default__split_rows(relation, columns, value) -%}
    select {{ columns | join(', ') }}, part
    from (
        select {{ columns | join(', ') }}, trim(unnest(string_split({{ value }}, ';')), ' ') as part
        from {{ relation }}
        where {{ value }} is not null
    ) as parts
    where part <> ''
{%- endmacro %}

{#- A list of the given texts in their order, nulls left out. -#}
{% macro text_list_of(values) -%}
    {{ return(adapter.dispatch('text_list_of', 'touchledger')(values)) }}
{%- endmacro %}

{% macro default__text_list_of(values) -%}
    list_filter(
        [
            {%- for value in values %}
            {{ value }}{{ ',' if not loop.last }}
            {%- endfor %}
        ],
        lambda entry: entry is not null
    )
{%- endmacro %}

{% macro list_length(list) -%}
    {{ return(adapter.dispatch('list_length', 'touchledger')(list)) }}
{%- endmacro %}

{% macro default__list_length(list) -%}
    len({{ list }})
{%- endmacro %}

{% macro spark__text_list_agg(value) -%}
    array_sort(collect_set({{ value }}))
{%- endmacro %}

{% macro spark__empty_text_list() -%}
    cast(array() as array<string>)
{%- endmacro %}

{% macro spark__split_rows(relation, columns, value) -%}
    select {{ columns | join(', ') }}, part
    from (
        select {{ columns | join(', ') }}, trim(both ' ' from untrimmed) as part
        from {{ relation }}
        lateral view explode(split({{ value }}, ';')) as untrimmed
    ) as parts
    where part <> ''
{%- endmacro %}

{% macro spark__text_list_of(values) -%}
    array_compact(
        array(
            {%- for value in values %}
            {{ value }}{{ ',' if not loop.last }}
            {%- endfor %}
        )
    )
{%- endmacro %}

{% macro spark__list_length(list) -%}
    size({{ list }})
{%- endmacro %}
