{#- Joins, as `alias`, the one row of `relation` whose span [valid_from, valid_to) holds `instant`;
    a span without a beginning holds from all time on. The spans of one key never overlap. -#}
{% macro span_join(relation, alias, key, of_key, instant) -%}
    {{ return(
        adapter.dispatch('span_join', 'touchledger')(relation, alias, key, of_key, instant)
    ) }}
{%- endmacro %}

{% macro default__span_join(relation, alias, key, of_key, instant) -%}
    left join {{ relation }} as {{ alias }}
        on {{ of_key }} = {{ alias }}.{{ key }}
        and ({{ alias }}.valid_from is null or {{ instant }} >= {{ alias }}.valid_from)
        and ({{ alias }}.valid_to is null or {{ instant }} < {{ alias }}.valid_to)
{%- endmacro %}

{#- The spans of a key follow each other without a gap, which the engine's own join relies on: it
    does not compare all pairs. -#}
{% macro duckdb__span_join(relation, alias, key, of_key, instant) -%}
    asof left join (
        select *, coalesce(valid_from, timestamp '0001-01-01 00:00:00') as holds_from
        from {{ relation }}
    ) as {{ alias }}
        on {{ of_key }} = {{ alias }}.{{ key }} and {{ instant }} >= {{ alias }}.holds_from
{%- endmacro %}
