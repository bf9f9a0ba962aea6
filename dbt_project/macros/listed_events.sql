{#- The landed events whose types are rows of the seeds (R02, R33): what is accepted, before newest
    versions are picked. -#}
{% macro listed_events() -%}
    select events.*
    from {{ source('raw', 'events') }} as events
    where
        events.event_type in (select types.event_type from {{ ref('interaction_types') }} as types)
        and (
            events.asset_type is null
            or events.asset_type in (select types.asset_type from {{ ref('asset_types') }} as types)
        )
{%- endmacro %}
