-- One row per known host that page views of this build came from: what it is (R110).
with hosts as (
    select distinct referrer_host
    from {{ ref('tagged_events') }}
    where referrer_host is not null
)

{{ known_hosts('hosts', 'referrer_host') }}
