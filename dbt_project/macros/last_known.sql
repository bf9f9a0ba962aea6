{#- The last value that is not null up to a row, in a window's order. -#}
{% macro last_known(value, window) -%}
    {{ return(adapter.dispatch('last_known', 'touchledger')(value, window)) }}
{%- endmacro %}

{% macro default__last_known(value, window) -%}
    last_value({{ value }} ignore nulls) over ({{ window }})
{%- endmacro %}

{% macro spark__last_known(value, window) -%}
    last_value({{ value }}) ignore nulls over ({{ window }})
{%- endmacro %}

{#- The first value that is not null of a whole partition, in a window's order. -#}
{% macro first_known(value, window) -%}
    {{ return(
        adapter.dispatch('first_known', 'touchledger')(
            value, window ~ ' rows between unbounded preceding and unbounded following'
        )
    ) }}
{%- endmacro %}

{% macro default__first_known(value, window) -%}
    first_value({{ value }} ignore nulls) over ({{ window }})
{%- endmacro %}

{% macro spark__first_known(value, window) -%}
    first_value({{ value }}) ignore nulls over ({{ window }})
{%- endmacro %}
