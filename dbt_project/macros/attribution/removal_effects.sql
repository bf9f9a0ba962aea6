{#- R78, the one step of attribution outside SQL: the removal effects of a chain, computed by
    orchestration/building/chain.py from its steps.

    steps: a relation of from_state, to_state and steps. Returns `paths`, `conversions` and
    `effects`, pairs of a state and its effect in billionths. dbt's own command line knows no such
    step: it compiles without one, and does not build. -#}
{% macro removal_effects(steps) -%}
    {%- set counted -%}
        select from_state, to_state, cast(sum(steps) as bigint) as steps
        from {{ steps }}
        group by from_state, to_state
    {%- endset -%}
    {%- if adapter.removal_effects is defined -%}
        {{ return(adapter.removal_effects(counted)) }}
    {%- elif flags.WHICH in ('build', 'run') -%}
        {{ exceptions.raise_compiler_error(
            'Removal effects are computed outside SQL; build with `touchledger run`'
        ) }}
    {%- endif -%}
    {{ return({'paths': 0, 'conversions': 0, 'effects': []}) }}
{%- endmacro %}
