{#- Folds a log of associations and removals into intervals [valid_from, valid_to).

    Within one partition at most one member is associated at a time: an association ends the one
    before it at that instant (`moved`), a removal ends what is open (`removed`), and what changes
    nothing is passed over (R20, R21). Order: occurred_at, then loaded_at, then log_id. An interval
    of no length is dropped. It has the time basis of the row that opened it (R96).

    log: a relation with the partition's columns, `member`, action, occurred_at, loaded_at, log_id,
    time_basis. -#}
{% macro fold_intervals(log, partition_by, member) %}
{%- set parts = partition_by | join(', ') -%}
segments as (
    -- A segment is an association and the removals up to the next one.
    select
        {{ parts }},
        {{ member }},
        action,
        occurred_at,
        time_basis,
        sum(case when action = 'associated' then 1 else 0 end) over (
            partition by {{ parts }}
            order by occurred_at, loaded_at, log_id
            rows between unbounded preceding and current row
        ) as segment
    from {{ log }}
),

openings as (
    select {{ parts }}, {{ member }}, occurred_at, time_basis, segment
    from segments
    where action = 'associated'
),

closings as (
    select {{ parts }}, {{ member }}, segment, min(occurred_at) as closed_at
    from segments
    where action = 'removed'
    group by {{ parts }}, {{ member }}, segment
),

opened as (
    select
        {% for part in partition_by %}openings.{{ part }}, {% endfor %}
        {%- if member not in partition_by %}openings.{{ member }}, {% endif %}
        openings.occurred_at,
        openings.time_basis,
        openings.segment,
        closings.closed_at,
        lag(openings.{{ member }}) over (
            partition by
                {% for part in partition_by -%}
                    openings.{{ part }}{{ ', ' if not loop.last }}
                {%- endfor %}
            order by openings.segment
        ) as previous_member,
        lag(closings.closed_at) over (
            partition by
                {% for part in partition_by -%}
                    openings.{{ part }}{{ ', ' if not loop.last }}
                {%- endfor %}
            order by openings.segment
        ) as previous_closed_at
    from openings
    left join closings
        on openings.segment = closings.segment
        and openings.{{ member }} = closings.{{ member }}
        {%- for part in partition_by if part != member %}
        and openings.{{ part }} = closings.{{ part }}
        {%- endfor %}
),

stays as (
    -- Associating with what it is already in goes on with the same stay.
    select
        *,
        sum(
            case
                when previous_member = {{ member }} and previous_closed_at is null then 0
                else 1
            end
        ) over (
            partition by {{ parts }}
            order by segment
            rows between unbounded preceding and current row
        ) as stay
    from opened
),

stay_bounds as (
    select
        {{ parts }}, stay,
        {{ 'min(' ~ member ~ ') as ' ~ member ~ ', ' if member not in partition_by }}
        min(occurred_at) as valid_from,
        min_by(time_basis, segment) as time_basis,
        max(closed_at) as closed_at
    from stays
    group by {{ parts }}, stay
),

bounded as (
    select
        *,
        lead(valid_from) over (partition by {{ parts }} order by stay) as next_from
    from stay_bounds
),

intervals as (
    select
        {{ parts }},
        {{ member ~ ',' if member not in partition_by }}
        valid_from,
        coalesce(closed_at, next_from) as valid_to,
        case
            when closed_at is not null then 'removed'
            when next_from is not null then 'moved'
        end as ended_by,
        time_basis
    from bounded
    where coalesce(closed_at, next_from) is null or coalesce(closed_at, next_from) > valid_from
)
{%- endmacro %}
