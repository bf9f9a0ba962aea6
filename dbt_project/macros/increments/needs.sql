{#- Says that models are built before this one, without reading them: an increment asks them what
    changed. Unit tests need not stand in for them. -#}
{% macro needs(names) -%}
    {%- if not execute -%}
        {%- for name in ([names] if names is string else names) -%}
            {%- do ref(name) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
