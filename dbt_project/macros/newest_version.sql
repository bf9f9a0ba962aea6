{#- One row per key: the newest landed version of a record.

    The newest `_loaded_at` wins; equal ones are settled by the columns' canonical text in the
    contract's order, null first, greatest wins. A row with `_deleted` true may be sparse: what it
    leaves empty keeps its last known value, and alone it makes a record only if it brings what a
    record needs.

    relation: the rows, or what follows `from`. table: the raw table that they are of. -#}
{% macro newest_version(relation, table) %}
{%- set record = record_of(table) -%}
{%- set key, columns, required = record.key, record.columns, record.required -%}
{%- set is_deletable = record.is_deletable -%}
{%- set ties = columns + (['_deleted'] if is_deletable else []) -%}
{%- set key_list = key | join(', ') -%}
with versions as (
    select
        *,
        row_number() over (
            partition by {{ key_list }}
            order by
                _loaded_at asc
                {%- for column in ties %},
                cast({{ column }} as string) asc nulls first
                {%- endfor %}
        ) as version
    from {{ relation }}
),
{% if is_deletable %}
with_base as (
    select
        *,
        coalesce(
            max(case when not _deleted then version end) over (partition by {{ key_list }}), 0
        ) as base_version
    from versions
),

folded as (
    select
        {{ key_list }},
        {%- for column in columns %}
        max_by({{ column }}, version) filter (where {{ column }} is not null) as {{ column }},
        {%- endfor %}
        max_by(_deleted, version) as is_deleted,
        max(base_version) as base_version
    from with_base
    where version >= base_version
    group by {{ key_list }}
)

select
    {{ key_list }},
    {%- for column in columns %}
    {{ column }},
    {%- endfor %}
    is_deleted
from folded
where
    {%- for column in required %}
    {{ column }} is not null and
    {%- endfor %}
    (base_version > 0
    {%- for column in columns %} or {{ column }} is not null{% endfor %})
{% else %}
newest as (
    select
        *,
        max(version) over (partition by {{ key_list }}) as last_version
    from versions
)

select
    {{ key_list }},
    {%- for column in columns %}
    {{ column }},
    {%- endfor %}
    _loaded_at as loaded_at
from newest
where version = last_version
{% endif %}
{%- endmacro %}
