{#- The condition that an interaction is on a path that ends at `until` (R70, R101, R102); the
    look-back window is a won deal's (R103). -#}
{% macro is_in_path(interactions, until, has_lookback=true) -%}
    {{ interactions }}.earns_revenue
    and not {{ interactions }}.is_filtered
    and {{ interactions }}.occurred_at <= {{ until }}
{%- if has_lookback and var('attribution_lookback_days') | string | lower not in ('none', '') %}
    and {{ interactions }}.occurred_at
    >= {{ until }}
    - interval {{ (
        var('attribution_lookback_days') | float * 86400000000
    ) | round | int }} microsecond
{%- endif %}
{%- endmacro %}
