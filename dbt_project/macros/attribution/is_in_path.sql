{#- The condition that an interaction is on a path that ends at `until` (R70, R101, R102); the
    look-back window is a won deal's (R103). -#}
{% macro is_in_path(interactions, until, has_lookback=true) -%}
    {%- call(condition, reason, is_first) path_gates(interactions, until, has_lookback) -%}
        {%- if not is_first %}
    and {% endif -%}
        {{ condition }}
    {%- endcall %}
{%- endmacro %}

{#- The first reason (`interaction` in reason_codes.csv) why an interaction is not on a won deal's
    path that ends at `until`; null where it is. `type_earns`: whether its type earns revenue. -#}
{% macro path_gap(interactions, until, type_earns) -%}
    case
    {%- call(condition, reason, is_first) path_gates(interactions, until, type_earns=type_earns) %}
        when not ({{ condition }}) then '{{ reason }}'
    {%- endcall %}
    end
{%- endmacro %}

{#- Calls its caller with each condition of a path, the reason where it fails, and whether it is the
    first. Where its type earns revenue, an interaction earns none only if its message went to an
    address that was never primary (R35). Plain Jinja and `var`: `explain` writes these macros
    without dbt. -#}
{% macro path_gates(interactions, until, has_lookback=true, type_earns=none) -%}
    {%- set gates = [('not ' ~ interactions ~ '.is_filtered', 'FILTERED_EVENT')] -%}
    {%- if type_earns is not none -%}
        {%- set gates = gates + [(type_earns, 'TYPE_EARNS_NO_REVENUE')] -%}
    {%- endif -%}
    {%- set gates = gates + [
        (interactions ~ '.earns_revenue', 'ADDRESS_NOT_PRIMARY'),
        (interactions ~ '.occurred_at <= ' ~ until, 'INTERACTION_AFTER_CLOSE'),
    ] -%}
    {%- set days = var('attribution_lookback_days') | string | lower -%}
    {%- if has_lookback and days not in ('none', '') -%}
        {%- set microseconds = (days | float * 86400000000) | round | int -%}
        {%- set start = until ~ ' - interval ' ~ microseconds ~ ' microsecond' -%}
        {%- set gates = gates + [
            (interactions ~ '.occurred_at >= ' ~ start, 'BEFORE_LOOKBACK')
        ] -%}
    {%- endif -%}
    {%- for condition, reason in gates %}{{ caller(condition, reason, loop.first) }}{% endfor -%}
{%- endmacro %}
