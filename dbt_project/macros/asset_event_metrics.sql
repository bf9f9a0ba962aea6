{#- The columns of asset_performance that count events; `asset_metric` of interaction_types.csv says
    which event types count in which. -#}
{% macro asset_event_metrics() -%}
    {{ return([
        'page_views', 'form_submissions', 'cta_views', 'cta_clicks', 'social_clicks',
        'social_interactions',
        'workflow_enrollments', 'list_additions', 'registrations', 'attendances',
    ]) }}
{%- endmacro %}
