{#- The columns of the middle's event table, in its order. -#}
{% macro interaction_columns() -%}
    {{ return([
        'event_id', 'event_type', 'occurred_at', 'visitor_id', 'contact_id', 'landed_contact_id', 'address', 'asset_type', 'asset_id', 'url',
        'utm_source', 'utm_medium', 'utm_campaign', 'is_filtered', 'is_web_activity', 'influences', 'earns_revenue', 'session_id',
    ]) }}
{%- endmacro %}
