-- What the Python packages are given: per won deal the campaigns that its contacts met before the
-- close, in order.
-- It reads the views landed_* and leaves the table journeys: deal_id, path ('k1 > k2'), hours
-- before the close ('30.5 > 2.0'), revenue, touches.
create temp table won_deals as
with deals as (
    select *
    from landed_deals
    qualify row_number() over (partition by deal_id order by _loaded_at desc) = 1
)

select
    deals.deal_id,
    deals.closed_at,
    cast(deals.amount as double) * coalesce(cast(rates.rate_to_home as double), 1.0) as revenue,
from deals
asof left join landed_exchange_rates as rates
    on deals.currency = rates.currency and cast(deals.closed_at as date) >= rates.rate_date
where deals.is_closed_won;

create temp table deal_contacts as
select
    log.deal_id,
    log.contact_id,
from landed_deal_contact_log as log
inner join won_deals
    on log.deal_id = won_deals.deal_id
group by log.deal_id, log.contact_id
having arg_max(log.action, (log.occurred_at, log.log_id)) = 'associated';

create temp table identities as
select
    visitor_id,
    arg_max(contact_id, identified_at) as contact_id,
from landed_visitor_identities
group by visitor_id;

create temp table addresses as
select
    lower(email) as email,
    min(contact_id) as contact_id,
from landed_contacts
where email is not null
group by lower(email);

create temp table asset_campaigns as
select
    asset_type,
    asset_id,
    arg_max(campaign_id, (occurred_at, log_id)) filter (where action = 'associated') as campaign_id,
from landed_campaign_asset_log
group by asset_type, asset_id;

create temp table alias_campaigns as
select
    lower(trim(utm_campaign)) as utm_campaign,
    min(campaign_id) as campaign_id,
from landed_campaign_utms
group by lower(trim(utm_campaign));

create table journeys as
with touches as (
    select
        events.event_id,
        events.occurred_at,
        coalesce(events.contact_id, addresses.contact_id, identities.contact_id) as contact_id,
        coalesce(alias_campaigns.campaign_id, asset_campaigns.campaign_id) as campaign_id,
    from landed_events as events
    left join addresses
        on lower(events.email) = addresses.email
    left join identities
        on events.visitor_id = identities.visitor_id
    left join alias_campaigns
        on events.event_type = 'page_view'
        and lower(trim(regexp_extract(events.url, '[?&]utm_campaign=([^&#]*)', 1)))
        = alias_campaigns.utm_campaign
    left join asset_campaigns
        on events.asset_type = asset_campaigns.asset_type
        and events.asset_id = asset_campaigns.asset_id
    where not coalesce(events.is_filtered, false)
        and events.event_type in (
            'page_view', 'form_submission', 'ad_click', 'social_click', 'email_click', 'cta_click',
            'cta_form_submission'
        )
)

select
    won_deals.deal_id,
    string_agg(touches.campaign_id, ' > ' order by touches.occurred_at, touches.event_id) as path,
    string_agg(
        format('{:.3f}', epoch(won_deals.closed_at - touches.occurred_at) / 3600), ' > '
        order by touches.occurred_at, touches.event_id
    ) as hours,
    any_value(won_deals.revenue) as revenue,
    count(*) as touches,
from won_deals
inner join deal_contacts
    on won_deals.deal_id = deal_contacts.deal_id
inner join touches
    on deal_contacts.contact_id = touches.contact_id and touches.occurred_at <= won_deals.closed_at
where touches.campaign_id is not null
group by won_deals.deal_id;
