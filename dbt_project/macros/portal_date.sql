{#- The day of an instant in the portal's time zone (R84), and the first instant of a portal day.
    -#}
{% macro portal_date(instant) -%}
    {%- if var('portal_timezone') == 'UTC' -%}
    cast({{ instant }} as date)
    {%- else -%}
    {{ adapter.dispatch('portal_date', 'touchledger')(instant) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__portal_date(instant) -%}
    cast(({{ instant }} at time zone 'UTC') at time zone '{{ var('portal_timezone') }}' as date)
{%- endmacro %}

{% macro spark__portal_date(instant) -%}
    cast(convert_timezone('UTC', '{{ var('portal_timezone') }}', {{ instant }}) as date)
{%- endmacro %}

{% macro portal_midnight(day) -%}
    {%- if var('portal_timezone') == 'UTC' -%}
    cast({{ day }} as timestamp)
    {%- else -%}
    {{ adapter.dispatch('portal_midnight', 'touchledger')(day) }}
    {%- endif -%}
{%- endmacro %}

{#- Where clocks are set back over midnight it comes twice, and DuckDB takes the later. -#}
{% macro default__portal_midnight(day) -%}
    {%- set midnight = "((cast(" ~ day ~ " as timestamp) at time zone '" ~ var('portal_timezone')
        ~ "') at time zone 'UTC')" -%}
    {%- set an_hour_before = '(' ~ midnight ~ ' - interval 1 hour)' -%}
    case
        when {{ portal_date(an_hour_before) }} = {{ day }} then {{ an_hour_before }}
        else {{ midnight }}
    end
{%- endmacro %}

{% macro spark__portal_midnight(day) -%}
    convert_timezone('{{ var('portal_timezone') }}', 'UTC', cast({{ day }} as timestamp_ntz))
{%- endmacro %}
