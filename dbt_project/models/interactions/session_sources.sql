-- One row per source of sessions that is the name or host of a known one: what it is called (R110).
with sources as (
    select distinct source
    from {{ ref('interactions') }}
    where source is not null
),

hosts as (
    {{ known_hosts('sources', 'source') | indent(4) }}
),

named as (
    select
        sources.source,
        max(case when names.kind = 'source_social' then names.name end) as social_name,
        max(case when names.kind = 'source_email' then names.name end) as email_name
    from sources
    inner join {{ ref('traffic_sources') }} as names
        on sources.source = names.value and names.kind in ('source_social', 'source_email')
    group by sources.source
)

select
    coalesce(named.source, hosts.source) as source,
    coalesce(named.social_name, named.email_name, hosts.name) as name
from named
full outer join hosts on named.source = hosts.source
