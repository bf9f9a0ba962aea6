{#- The columns of the middle's event table, in its order: those that are published, in theirs,
    then those that are not. None of these may tell of a person more than a contact's id: the
    published file is a copy of the table, and a column that is taken from it leaves its bytes. -#}
{% macro interaction_columns() -%}
    {{ return([
        'event_id', 'event_type', 'occurred_at', 'visitor_id', 'contact_id', 'session_id',
        'asset_type', 'asset_id', 'url', 'utm_source', 'utm_medium', 'utm_campaign', 'is_filtered',
        'channel', 'influences', 'earns_revenue',
        'landed_contact_id', 'is_web_activity', 'source', 'page_channel', 'page_source',
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
