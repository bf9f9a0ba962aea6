-- One row per channel and model that has anything (R110, R111): visits, new contacts, and what is
-- credited to the channel's events.
with sessions as (
    select channel, count(*) as sessions
    from {{ ref('sessions') }}
    group by channel
),

new_contacts as (
    select channel, count(*) as new_contacts
    from {{ ref('contact_first_touches') }}
    group by channel
),

won as (
    select channel, model, count(distinct deal_id) as deals, sum(credit) as revenue
    from {{ ref('attribution_credits') }}
    group by channel, model
),

created as (
    select
        channel,
        model,
        sum(case when conversion = 'contact_created' then credit end) as contacts_created,
        sum(case when conversion = 'deal_created' then amount end) as pipeline
    from {{ ref('conversion_credits') }}
    group by channel, model
),

visited as (
    select channel from sessions
    union
    select channel from new_contacts
),

places as (
    select visited.channel, models.model
    from visited
    cross join {{ ref('attribution_models') }} as models
    union
    select channel, model from won
    union
    select channel, model from created
)

select
    places.channel,
    places.model,
    coalesce(sessions.sessions, 0) as sessions,
    coalesce(new_contacts.new_contacts, 0) as new_contacts,
    cast(coalesce(created.contacts_created, 0) as decimal(18, 6)) as contacts_created,
    coalesce(won.deals, 0) as deals,
    cast(coalesce(won.revenue, 0) as decimal(18, 2)) as revenue,
    cast(coalesce(created.pipeline, 0) as decimal(18, 2)) as pipeline
from places
left join sessions on places.channel = sessions.channel
left join new_contacts on places.channel = new_contacts.channel
left join won on places.channel = won.channel and places.model = won.model
left join created on places.channel = created.channel and places.model = created.model
