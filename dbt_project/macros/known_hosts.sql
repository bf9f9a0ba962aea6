{#- One row per text of `texts` that is the host of a known AI assistant, search engine or social
    network (R110): the text itself, which of the three kinds it is, and the name of the first
    kind's. A text matches a row that it is or ends in behind a dot, and a row of match `label` also
    where the value and a dot start it or follow a dot. -#}
{% macro known_hosts(texts, text) -%}
    select
        {{ text }},
        max(case when kind = 'host_ai' then 1 else 0 end) = 1 as is_ai,
        max(case when kind = 'host_search' then 1 else 0 end) = 1 as is_search,
        max(case when kind = 'host_social' then 1 else 0 end) = 1 as is_social,
        max(case when rank = 1 then name end) as name
    from (
        select
            texts.{{ text }},
            hosts.kind,
            hosts.name,
            row_number() over (
                partition by texts.{{ text }}
                order by hosts.kind, length(hosts.value) desc, hosts.value
            ) as rank
        from {{ texts }} as texts
        inner join {{ ref('traffic_sources') }} as hosts
            on hosts.kind in ('host_ai', 'host_search', 'host_social')
            and (
                texts.{{ text }} = hosts.value
                or right(texts.{{ text }}, length(hosts.value) + 1) = '.' || hosts.value
                or (
                    hosts.match = 'label'
                    and (
                        left(texts.{{ text }}, length(hosts.value) + 1) = hosts.value || '.'
                        or instr(texts.{{ text }}, '.' || hosts.value || '.') > 0
                    )
                )
            )
    ) as matches
    group by {{ text }}
{%- endmacro %}
