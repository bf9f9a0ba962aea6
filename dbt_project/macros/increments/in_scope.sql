{#- In an increment, the condition that a row's key is one of those that changed; in any other build
    nothing.

    key: the column. changed: names of models that list changed keys. column: what they call the
    key, its own name unless told. word: `where` or `and`. -#}
{% macro in_scope(key, changed, column=none, word='and') -%}
    {{- needs(changed) -}}
    {%- if is_increment() -%}
    {%- set column = column or key.split('.')[-1] -%}
    {{ word }} {{ has_changed(key, [changed] if changed is string else changed, column) }}
    {%- endif -%}
{%- endmacro %}

{#- The condition itself, whatever the build. -#}
{% macro has_changed(key, changed, column) -%}
    {{ key }} in (
        {%- for name in changed %}
        select changed_{{ loop.index }}.{{ column }}
        from {{ built(name) }} as changed_{{ loop.index }}
        where changed_{{ loop.index }}.{{ column }} is not null
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
