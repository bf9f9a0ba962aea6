{#- The landed rows of a raw table whose types are rows of the seeds (R02, R33): what is accepted,
    before newest versions are picked. All rows of a table without types. -#}
{% macro listed_rows(table) -%}
    select {{ table }}.*
    from {{ source('raw', table) }} as {{ table }}
    {%- if table == 'events' %}
    where
        events.event_type in (select types.event_type from {{ ref('interaction_types') }} as types)
        and (
            events.asset_type is null
            or events.asset_type in (select types.asset_type from {{ ref('asset_types') }} as types)
        )
    {%- elif table in ('assets', 'campaign_asset_log', 'ad_metrics') %}
    where
        {{ table }}.asset_type in (
            select types.asset_type from {{ ref('asset_types') }} as types
        )
    {%- endif %}
{%- endmacro %}
