{#- `columns` are a key: no two rows share their values (nulls are values too), and those of
    `required` are never null. One scan proves both.

    changed: a model that lists, under the first of `scope`, what an increment recomputed; then only
    rows of those are looked at, because the others were looked at when they were built. -#}
{% test key(model, columns, required=none, changed=none, scope=none) %}
with looked_at as (
    select *
    from {{ model }}
    {% if changed %}{{ in_scope(scope, changed, word='where') }}{% endif %}
)

select {{ columns | join(', ') }}, count(*) as occurrences
from looked_at
group by {{ columns | join(', ') }}
having
    count(*) > 1
    {%- for column in (columns if required is none else required) %}
    or {% if column in columns %}{{ column }} is null{% else %}count({{ column }})
    < count(*){% endif %}
    {%- endfor %}
{% endtest %}
