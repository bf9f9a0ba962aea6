{#- The columns of the middle's table of campaign interactions, in its order: those that are
    published, in theirs, then those that are not. -#}
{% macro campaign_interaction_columns() -%}
    {{ return([
        'event_id', 'campaign_id', 'contact_id', 'session_id', 'event_type', 'occurred_at', 'basis',
        'influences', 'earns_revenue',
        'visitor_id', 'asset_type', 'asset_id',
    ]) }}
{%- endmacro %}
