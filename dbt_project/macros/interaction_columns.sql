{#- The columns of the middle's event table, in its order. -#}
{% macro interaction_columns() -%}
    {{ return([
        'event_id', 'event_type', 'occurred_at', 'visitor_id', 'contact_id', 'landed_contact_id',
        'address', 'asset_type', 'asset_id', 'url',
        'utm_source', 'utm_medium', 'utm_campaign', 'is_filtered', 'is_web_activity', 'influences',
        'earns_revenue', 'session_id', 'channel', 'source',
        'page_channel', 'page_source',
    ]) }}
{%- endmacro %}

{#- One of them, from `events`, joined with the `sessions` that they are in: the channel is the
    session's where there is one (R111). -#}
{% macro interaction_column(column) -%}
    {%- if column in ('session_id', 'source') -%}
    sessions.{{ column }}
    {%- elif column == 'channel' -%}
    coalesce(sessions.channel, events.channel) as channel
    {%- else -%}
    events.{{ column }}
    {%- endif -%}
{%- endmacro %}

{#- Those of them that an event's session decides. -#}
{% macro session_columns() -%}
    {{ return(['session_id', 'channel', 'source']) }}
{%- endmacro %}
