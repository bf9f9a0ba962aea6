{#- Whether this build recomputes only what newly landed rows touch. Any other build computes
    everything. -#}
{% macro is_increment() -%}
    {{ return(var('build_kind', 'full') == 'increment') }}
{%- endmacro %}
