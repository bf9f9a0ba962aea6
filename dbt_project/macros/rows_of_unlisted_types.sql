{#- The rows of a raw table whose asset type or event type is in no seed row (R02, R33), with the
    reason and the row as text. -#}
{% macro rows_of_unlisted_types(table, has_event_type=false) -%}
    select
        landed._file_id,
        '{{ table }}' as table_name,
        concat_ws(
            '; ',
            {% if has_event_type -%}
            case
                when event_types.event_type is null
                    then 'event_type ' || landed.event_type
                    || ' is in no row of interaction_types.csv; add a row, '
                    || 'or write a type of the list, such as page_view'
            end,
            {% endif -%}
            case
                when landed.asset_type is not null and asset_types.asset_type is null
                    then 'asset_type ' || landed.asset_type
                    || ' is in no row of asset_types.csv; add a row, '
                    || 'or write a type of the list, such as landing_page'
            end
        ) as reason,
        {{ row_as_text(table, 'landed') }} as record
    from {{ source('raw', table) }} as landed
    left join {{ ref('asset_types') }} as asset_types on landed.asset_type = asset_types.asset_type
    {%- if has_event_type %}
    left join {{ ref('interaction_types') }} as event_types
        on landed.event_type = event_types.event_type
    {%- endif %}
    where
        (
            (landed.asset_type is not null and asset_types.asset_type is null)
            {%- if has_event_type %}
            or event_types.event_type is null
            {%- endif %}
        )
        {%- if is_increment() %}
        and {{ is_newly_landed('landed') }}
        {%- endif %}
{%- endmacro %}
