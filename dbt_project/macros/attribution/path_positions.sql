{#- One row per event of a path: the positions that it holds (R71, R112).

    paths: a relation with path_number, the columns of `subject`, which say whose path it is,
    event_id, event_type, occurred_at, contact_id, channel, deal_created_at (the last instant of the
    position of deal creation; null = nobody holds it), place, and those of `carried`. contacts:
    with the subject's columns, contact_id, contact_created_at, and `lead_until`, the last instant
    of the position of lead creation. -#}
{% macro path_positions(paths, contacts, subject, carried, lead_until='contact_created_at') -%}
{%- set key = subject | join(', ') -%}
{%- set whole = 'partition by paths.path_number' -%}
with oldest_contacts as (
    select {{ key }}, contact_id, {{ lead_until }} as lead_until
    from (
        select
            *,
            row_number() over (
                partition by {{ key }} order by contact_created_at, contact_id
            ) as age_rank
        from {{ contacts }}
    ) as ranked
    where age_rank = 1
),

places as (
    select
        paths.*,
        max(paths.place) over ({{ whole }}) as last_place,
        max(
            case
                when paths.contact_id = oldest.contact_id and paths.occurred_at <= oldest.lead_until
                    then paths.place
            end
        ) over ({{ whole }}) as lead_creation_place,
        max(
            case when paths.occurred_at <= paths.deal_created_at then paths.place end
        ) over ({{ whole }}) as deal_creation_place,
        max(
            case when paths.channel not in ('direct_traffic', 'offline') then paths.place end
        ) over ({{ whole }}) as last_non_direct_place,
        max(paths.occurred_at) over ({{ whole }}) as last_occurred_at
    from {{ paths }} as paths
    left join oldest_contacts as oldest
        on {{ same_subject(subject, 'paths', 'oldest') }}
)

select
    path_number,
    {{ key }},
    event_id,
    event_type,
    occurred_at,
    contact_id,
    channel,
    {%- for column in carried %}
    {{ column }},
    {%- endfor %}
    place,
    place = 1 as is_first,
    coalesce(place = lead_creation_place, false) as is_lead_creation,
    coalesce(place = deal_creation_place, false) as is_deal_creation,
    place = last_place as is_last,
    place = coalesce(last_non_direct_place, last_place) as is_last_non_direct,
    {{ seconds_between('occurred_at', 'last_occurred_at') }} / 86400.0 as age_days
from places
{%- endmacro %}
