{#- The landed rows of a raw table whose types are rows of the seeds (R02, R33): what is accepted,
    before newest versions are picked. All rows of a table without types. -#}
{% macro listed_rows(table) -%}
    select {{ table }}.*
    from {{ source('raw', table) }} as {{ table }}
    {%- if type_lists(table) %}
    where {{ has_listed_types(table, table) }}
    {%- endif %}
{%- endmacro %}

{#- The other rows, which are rejected, with the reason and the row as text. -#}
{% macro unlisted_rows(table) -%}
    select
        landed._file_id,
        '{{ table }}' as table_name,
        concat_ws(
            '; '
            {%- for list in type_lists(table) %},
            case
                when {{ list.seed }}.{{ list.column }} is null
                    then '{{ list.column }} ' || landed.{{ list.column }}
                    || ' is in no row of {{ list.seed }}.csv; add a row, '
                    || 'or write a type of the list, such as {{ list.example }}'
            end
            {%- endfor %}
        ) as reason,
        {{ row_as_text(table, 'landed') }} as record
    from {{ source('raw', table) }} as landed
    {%- for list in type_lists(table) %}
    left join {{ ref(list.seed) }} as {{ list.seed }}
        on landed.{{ list.column }} = {{ list.seed }}.{{ list.column }}
    {%- endfor %}
    where
        not ({{ has_listed_types(table, 'landed') }})
        {%- if is_increment() %}
        and {{ is_newly_landed('landed') }}
        {%- endif %}
{%- endmacro %}

{#- The condition that the types of a raw row are in their lists; an event needs no asset. -#}
{% macro has_listed_types(table, row) -%}
    {%- for list in type_lists(table) -%}
        {%- if not loop.first %} and {% endif -%}
        {%- set is_listed -%}
            {{ row }}.{{ list.column }} in (
                select types.{{ list.column }} from {{ ref(list.seed) }} as types
            )
        {%- endset -%}
        {%- if list.is_required -%}
            {{ is_listed }}
        {%- else -%}
            ({{ row }}.{{ list.column }} is null or {{ is_listed }})
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}

{#- The columns of a raw table that are types, each with the seed that lists it. -#}
{% macro type_lists(table) -%}
    {%- set lists = [] -%}
    {%- if table == 'events' -%}
        {%- do lists.append({
            'column': 'event_type', 'seed': 'interaction_types', 'is_required': true,
            'example': 'page_view',
        }) -%}
    {%- endif -%}
    {%- if table in ('events', 'assets', 'campaign_asset_log', 'ad_metrics') -%}
        {%- do lists.append({
            'column': 'asset_type', 'seed': 'asset_types', 'is_required': table != 'events',
            'example': 'landing_page',
        }) -%}
    {%- endif -%}
    {{ return(lists) }}
{%- endmacro %}
