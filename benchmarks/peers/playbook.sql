-- The way many teams attribute in their warehouse today: sessions, joined to conversions, weighed
-- with window functions. After the idea of the well-known playbook for marketing attribution in SQL
-- (sessions, conversions, first / last / linear / 40-20-40), written for this landing. It reads the
-- views landed_*; it leaves sessions, conversions, attribution_touches and campaign_revenue.

-- One row per visitor: the contact that it was last identified as. Merges are not followed.
create temp table identities as
select
    visitor_id,
    arg_max(contact_id, identified_at) as contact_id,
from landed_visitor_identities
group by visitor_id;

-- One row per asset: the campaign that it is in now.
create temp table asset_campaigns as
select
    asset_type,
    asset_id,
    arg_max(campaign_id, (occurred_at, log_id)) filter (where action = 'associated') as campaign_id,
from landed_campaign_asset_log
group by asset_type, asset_id;

-- One row per alias: its campaign.
create temp table alias_campaigns as
select
    lower(trim(utm_campaign)) as utm_campaign,
    min(campaign_id) as campaign_id,
from landed_campaign_utms
group by lower(trim(utm_campaign));

-- One row per session: a visitor's web activity without a gap of more than 30 minutes. Its contact
-- is the one that signed in, else the visitor's.
create table sessions as
with web_events as (
    select
        events.event_id,
        events.visitor_id,
        events.contact_id,
        events.occurred_at,
        coalesce(alias_campaigns.campaign_id, asset_campaigns.campaign_id) as campaign_id,
    from landed_events as events
    left join alias_campaigns
        on lower(trim(regexp_extract(events.url, '[?&]utm_campaign=([^&#]*)', 1)))
        = alias_campaigns.utm_campaign
    left join asset_campaigns
        on events.asset_type = asset_campaigns.asset_type
        and events.asset_id = asset_campaigns.asset_id
    where events.event_type in (
        'page_view', 'form_submission', 'cta_view', 'cta_click', 'cta_form_submission'
    )
        and not coalesce(events.is_filtered, false)
        and events.visitor_id is not null
),

gaps as (
    select
        *,
        occurred_at - lag(occurred_at) over (
            partition by visitor_id order by occurred_at, event_id
        ) > interval 30 minute as is_new,
    from web_events
),

numbered as (
    select
        *,
        count_if(coalesce(is_new, true)) over (
            partition by visitor_id order by occurred_at, event_id
        ) as session_number,
    from gaps
)

select
    numbered.visitor_id || '-' || numbered.session_number as session_id,
    numbered.visitor_id,
    coalesce(
        arg_max(numbered.contact_id, numbered.occurred_at), any_value(identities.contact_id)
    ) as contact_id,
    min(numbered.occurred_at) as started_at,
    count(*) as events,
    arg_min(
        numbered.campaign_id, numbered.occurred_at
    ) filter (where numbered.campaign_id is not null) as campaign_id,
from numbered
left join identities
    on numbered.visitor_id = identities.visitor_id
group by numbered.visitor_id, numbered.session_number;

-- One row per won deal and contact: the newest version of the deal, its amount at the rate of the
-- close.
create table conversions as
with deals as (
    select *
    from landed_deals
    qualify row_number() over (partition by deal_id order by _loaded_at desc) = 1
),

contacts as (
    select
        deal_id,
        contact_id,
    from landed_deal_contact_log
    group by deal_id, contact_id
    having arg_max(action, (occurred_at, log_id)) = 'associated'
)

select
    deals.deal_id,
    contacts.contact_id,
    deals.closed_at as converted_at,
    cast(deals.amount as double) * coalesce(cast(rates.rate_to_home as double), 1.0) as revenue,
from deals
inner join contacts
    on deals.deal_id = contacts.deal_id
asof left join landed_exchange_rates as rates
    on deals.currency = rates.currency and cast(deals.closed_at as date) >= rates.rate_date
where deals.is_closed_won;

-- One row per won deal and session before it: its points under four models, and what they are
-- worth.
create table attribution_touches as
with before_conversion as (
    select
        conversions.deal_id,
        conversions.revenue,
        sessions.session_id,
        sessions.campaign_id,
        sessions.started_at,
        row_number() over (
            partition by conversions.deal_id order by sessions.started_at, sessions.session_id
        ) as position,
        count(*) over (partition by conversions.deal_id) as total,
    from conversions
    inner join sessions
        on conversions.contact_id = sessions.contact_id
        and sessions.started_at <= conversions.converted_at
),

points as (
    select
        *,
        case when position = 1 then 1.0 else 0.0 end as first_points,
        case when position = total then 1.0 else 0.0 end as last_points,
        case
            when total = 1 then 1.0
            when total = 2 then 0.5
            when position in (1, total) then 0.4
            else 0.2 / (total - 2)
        end as forty_twenty_forty_points,
        1.0 / total as linear_points,
    from before_conversion
)

select
    *,
    revenue * first_points as first_revenue,
    revenue * last_points as last_revenue,
    revenue * forty_twenty_forty_points as forty_twenty_forty_revenue,
    revenue * linear_points as linear_revenue,
from points;

create table campaign_revenue as
select
    campaign_id,
    count(distinct deal_id) as deals,
    sum(first_revenue) as first_revenue,
    sum(last_revenue) as last_revenue,
    sum(forty_twenty_forty_revenue) as forty_twenty_forty_revenue,
    sum(linear_revenue) as linear_revenue,
from attribution_touches
group by campaign_id;
