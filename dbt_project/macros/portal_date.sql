{#- The day of an instant in the portal's time zone (R84), and the first instant of a portal day. -#}
{% macro portal_date(instant) -%}
    {{ return(adapter.dispatch('portal_date', 'touchledger')(instant)) }}
{%- endmacro %}

{% macro default__portal_date(instant) -%}
    {%- if var('portal_timezone') == 'UTC' -%}
    cast({{ instant }} as date)
    {%- else -%}
    cast(({{ instant }} at time zone 'UTC') at time zone '{{ var('portal_timezone') }}' as date)
    {%- endif -%}
{%- endmacro %}

{% macro portal_midnight(day) -%}
    {{ return(adapter.dispatch('portal_midnight', 'touchledger')(day)) }}
{%- endmacro %}

{% macro default__portal_midnight(day) -%}
    {%- if var('portal_timezone') == 'UTC' -%}
    cast({{ day }} as timestamp)
    {%- else -%}
    {#- Where clocks are set back over midnight it comes twice, and the engine takes the later. -#}
    {%- set midnight = "((cast(" ~ day ~ " as timestamp) at time zone '" ~ var('portal_timezone') ~ "') at time zone 'UTC')" -%}
    {%- set an_hour_before = '(' ~ midnight ~ ' - interval 1 hour)' -%}
    case when {{ portal_date(an_hour_before) }} = {{ day }} then {{ an_hour_before }} else {{ midnight }} end
    {%- endif -%}
{%- endmacro %}

{% macro spark__portal_date(instant) -%}
    {%- if var('portal_timezone') == 'UTC' -%}
    cast({{ instant }} as date)
    {%- else -%}
    cast(convert_timezone('UTC', '{{ var('portal_timezone') }}', {{ instant }}) as date)
    {%- endif -%}
{%- endmacro %}

{% macro spark__portal_midnight(day) -%}
    {%- if var('portal_timezone') == 'UTC' -%}
    cast({{ day }} as timestamp_ntz)
    {%- else -%}
    convert_timezone('{{ var('portal_timezone') }}', 'UTC', cast({{ day }} as timestamp_ntz))
    {%- endif -%}
{%- endmacro %}
