-- A landing in which the attribution playbook and Touchledger mean the same: every event of the
-- made landing, but one person per visitor for all time, one campaign per event, and one won deal
-- per contact. It reads the views landed_*; it leaves the views common_*, one per table.

-- One row per visitor: the contact that it was first identified as.
create temp table people as
select
    visitor_id,
    arg_min(contact_id, (identified_at, contact_id)) as contact_id,
    min(identified_at) as identified_at,
    min(_loaded_at) as _loaded_at,
from landed_visitor_identities
group by visitor_id;

-- One row per contact: its earliest won deal among those that it is the first contact of, before
-- the close. The playbook has one conversion per customer.
create temp table conversions as
with first_contacts as (
    select
        deal_id,
        arg_min(contact_id, (occurred_at, log_id)) as contact_id,
        min(occurred_at) as occurred_at,
    from landed_deal_contact_log
    where action = 'associated'
    group by deal_id
)

select
    deals.deal_id,
    first_contacts.contact_id,
from landed_deals as deals
inner join first_contacts
    on deals.deal_id = first_contacts.deal_id and first_contacts.occurred_at < deals.closed_at
where deals.is_closed_won
qualify row_number() over (
    partition by first_contacts.contact_id order by deals.closed_at, deals.deal_id
) = 1;

create temp view common_events as from landed_events;

create temp view common_visitor_identities as
select
    visitor_id,
    contact_id,
    identified_at,
    _loaded_at,
from people;

create temp view common_contacts as from landed_contacts;

create temp view common_campaigns as from landed_campaigns;

-- Page views count by their tag alone, everything else by its asset alone.
create temp view common_campaign_utms as from landed_campaign_utms;

create temp view common_campaign_asset_log as
select * replace ((select min(occurred_at) from landed_campaign_asset_log) as occurred_at)
from landed_campaign_asset_log
where action = 'associated' and asset_type not in ('blog_post', 'landing_page', 'website_page')
qualify row_number() over (partition by asset_type, asset_id order by occurred_at, log_id) = 1;

create temp view common_assets as from landed_assets;

create temp view common_deals as
select deals.*
from landed_deals as deals
semi join conversions
    on deals.deal_id = conversions.deal_id;

create temp view common_deal_contact_log as
select log.*
from landed_deal_contact_log as log
semi join conversions
    on log.deal_id = conversions.deal_id and log.contact_id = conversions.contact_id
where log.action = 'associated'
qualify row_number() over (partition by log.deal_id order by log.occurred_at, log.log_id) = 1;

create temp view common_exchange_rates as from landed_exchange_rates;
