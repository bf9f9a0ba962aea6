{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={
        'published_as': 'core.fct_interactions',
        'order': ['occurred_at'],
        'replaces': {'key': 'event_id', 'changed': ['interaction_changes']},
        'sliced': true
    }
) }}
{%- set columns = interaction_columns() %}
-- One row per accepted event, with its session: the middle's one event table.
{{ needs('interaction_changes') }}
{% if is_increment() %}
select {{ columns | join(', ') }}
from {{ ref('interaction_changes') }}
where is_new
{% else %}
    select
        {%- for column in columns %}
            {{ interaction_column(column) }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ ref('resolved_events') }} as events
    left join {{ ref('event_sessions') }} as sessions on events.event_id = sessions.event_id
{% endif %}
