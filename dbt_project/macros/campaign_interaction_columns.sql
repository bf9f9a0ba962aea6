{#- The columns of the middle's table of campaign interactions, in its order. -#}
{% macro campaign_interaction_columns() -%}
    {{ return([
        'event_id', 'campaign_id', 'visitor_id', 'contact_id', 'session_id', 'event_type',
        'occurred_at', 'basis', 'influences', 'earns_revenue',
        'asset_type', 'asset_id',
    ]) }}
{%- endmacro %}
