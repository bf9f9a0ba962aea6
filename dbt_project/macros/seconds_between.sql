{#- Seconds from one instant to a later one, with fractions, as DOUBLE. -#}
{% macro seconds_between(earlier, later) -%}
    {{ return(adapter.dispatch('seconds_between', 'touchledger')(earlier, later)) }}
{%- endmacro %}

{% macro default__seconds_between(earlier, later) -%}
    (cast(epoch_us({{ later }}) - epoch_us({{ earlier }}) as double) / 1000000.0)
{%- endmacro %}

{#- Microseconds of an instant, a whole number that instants can be compared and subtracted by. -#}
{% macro microseconds(instant) -%}
    {{ return(adapter.dispatch('microseconds', 'touchledger')(instant)) }}
{%- endmacro %}

{% macro default__microseconds(instant) -%}
    epoch_us({{ instant }})
{%- endmacro %}

{% macro spark__seconds_between(earlier, later) -%}
    (cast(unix_micros({{ later }}) - unix_micros({{ earlier }}) as double) / 1000000.0)
{%- endmacro %}

{% macro spark__microseconds(instant) -%}
    unix_micros({{ instant }})
{%- endmacro %}
