{#- Materialization `scoped`, for steps of which an increment needs a few rows several times and a
    full build all rows once: a table in an increment, else a view. -#}
{% materialization scoped, default -%}
    {%- set kind = 'table' if is_increment() else 'view' -%}
    {%- set materialize = context.get('materialization_' ~ kind ~ '_' ~ adapter.type())
        or context['materialization_' ~ kind ~ '_default'] -%}
    {{ return(materialize()) }}
{%- endmaterialization %}
