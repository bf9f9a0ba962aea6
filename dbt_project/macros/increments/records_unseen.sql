{#- The records of a raw table whose newest landed version (R14) is another than in the files that
    readers have seen, with `is_new` where these have none, and `readers_as_of`, the as-of time of
    what readers see. A row that says what is known already, or that is older, changes nothing.
    `seen`: columns that come as `seen_…`, too, as the version that readers have seen has them. -#}
{% macro records_unseen(table, seen=[]) -%}
{%- set record = record_of(table) -%}
{%- set key = record.key -%}
{%- set kept = key + record.columns + (['is_deleted'] if record.is_deletable else []) -%}
with unseen as (
    select files.file_id, files.readers_as_of
    from {{ source('raw', 'unseen_files') }} as files
    where files.table_name = '{{ table }}'
),

listed as (
    {{ listed_rows(table) | indent(4) }}
),

fresh as (
    select distinct {{ qualified(key, 'listed') }}
    from listed
    where listed._file_id in (select unseen.file_id from unseen)
),

versions as (
    select listed.*
    from listed
    inner join fresh
        on
            {% for column in key -%}
            listed.{{ column }} = fresh.{{ column }}{{ ' and ' if not loop.last }}
            {%- endfor %}
),

seen_versions as (
    select versions.*
    from versions
    where versions._file_id not in (select unseen.file_id from unseen)
),

newest_seen as (
    {{ newest_version('seen_versions', table) | indent(4) }}
),

newest_landed as (
    {{ newest_version('versions', table) | indent(4) }}
),

changed as (
    select {{ kept | join(', ') }} from newest_landed
    except
    select {{ kept | join(', ') }} from newest_seen
)

select
    {{ qualified(kept, 'changed') }},
    {% for column in seen -%}
    newest_seen.{{ column }} as seen_{{ column }},
    {% endfor -%}
    newest_seen.{{ key[0] }} is null as is_new,
    (select max(unseen.readers_as_of) from unseen) as readers_as_of
from changed
left join newest_seen
    on
        {% for column in key -%}
        changed.{{ column }} = newest_seen.{{ column }}{{ ' and ' if not loop.last }}
        {%- endfor %}
{%- endmacro %}
