{{ config(materialized='view') }}
-- One row per event that this build computes; a page view with the channel and the source that its
-- own URL and referrer name (R110).
with mediums as (
    select
        value,
        max(case when kind = 'medium_paid' then 1 else 0 end) = 1 as is_paid,
        max(case when kind = 'medium_email' then 1 else 0 end) = 1 as is_email,
        max(case when kind = 'medium_social' then 1 else 0 end) = 1 as is_social
    from {{ ref('traffic_sources') }}
    where kind in ('medium_paid', 'medium_email', 'medium_social')
    group by value
),

sources as (
    select
        value,
        max(case when kind = 'source_email' then 1 else 0 end) = 1 as is_email,
        max(case when kind = 'source_social' then 1 else 0 end) = 1 as is_social
    from {{ ref('traffic_sources') }}
    where kind in ('source_email', 'source_social')
    group by value
)

select
    events.*,
    case
        when events.event_type <> 'page_view' then cast(null as string)
        when events.click_channel is not null then events.click_channel
        when
            mediums.is_paid
            and (sources.is_social or (events.utm_source is null and hosts.is_social))
            then 'paid_social'
        when mediums.is_paid then 'paid_search'
        when mediums.is_email or sources.is_email then 'email_marketing'
        when mediums.is_social or sources.is_social then 'organic_social'
        when events.utm_medium = 'organic' then 'organic_search'
        when events.utm_medium = 'referral' then 'referrals'
        when
            events.utm_source is not null
            or events.utm_medium is not null
            or events.utm_campaign is not null
            then 'other_campaigns'
        when events.referrer_host is null or events.referrer_host = events.url_host
            then 'direct_traffic'
        when hosts.is_ai then 'ai_referrals'
        when hosts.is_search then 'organic_search'
        when hosts.is_social then 'organic_social'
        else 'referrals'
    end as page_channel,
    case
        when events.event_type = 'page_view'
            then
                coalesce(
                    events.utm_source, nullif(nullif(events.referrer_host, events.url_host), '')
                )
    end as page_source
from {{ ref('tagged_events') }} as events
left join mediums on events.utm_medium = mediums.value
left join sources on events.utm_source = sources.value
left join {{ ref('referring_hosts') }} as hosts on events.referrer_host = hosts.referrer_host
