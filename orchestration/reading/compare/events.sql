-- One row per event and campaign that counts on one side ($x) and not, or otherwise, on the other
-- ($y), of the contacts in `people`: what decides.
-- Step by step in tables of their own, which spill to disk: one statement would hold all at once.
create or replace temp table counted_here as
select
    event_id,
    campaign_id,
    contact_id,
    event_type,
    occurred_at,
    basis,
    influences,
    earns_revenue
from $x.core.fct_campaign_interactions
where
    contact_id in (select contact_id from people)
    or session_id in (select session_id from odd_sessions);

create or replace temp table differing as
select
    here.*,
    there.event_id is not null as is_there,
    (
        there.event_id is null
        or there.contact_id is distinct from here.contact_id
        or there.influences <> here.influences
        or there.earns_revenue <> here.earns_revenue
    ) as is_odd
from counted_here as here
left join $y.core.fct_campaign_interactions as there
    on here.event_id = there.event_id and here.campaign_id = there.campaign_id
where is_odd or there.occurred_at <> here.occurred_at;

-- Events that count on both sides, at another instant each.
insert into retimed_events
select event_id, campaign_id, event_type from differing where not is_odd;

delete from differing where not is_odd;

create or replace temp table differing_events as
with events as (
    select distinct event_id from differing
)

select
    events.event_id,
    here.asset_type as asset_type_here,
    here.asset_id as asset_id_here,
    here.utm_campaign as utm_campaign_here,
    there.event_id is not null as is_there,
    there.event_type,
    there.occurred_at,
    there.contact_id,
    there.asset_type,
    there.asset_id,
    there.utm_campaign,
    there.is_filtered
from events
left join $x.core.fct_interactions as here on events.event_id = here.event_id
left join $y.core.fct_interactions as there on events.event_id = there.event_id;

insert into event_differences
with spans_there as (
    select campaign_id, asset_type, asset_id, valid_from, valid_to
    from $y.core.fct_asset_associations
    where campaign_id in (select campaign_id from differing)
)

select
    '$x' as side,
    differing.event_id,
    differing.campaign_id,
    differing.contact_id,
    differing.event_type,
    differing.occurred_at,
    case -- noqa: LT02
        when not events.is_there then 'EVENT_MISSING'
        when events.is_filtered then 'EVENT_FILTERED'
        when events.contact_id is distinct from differing.contact_id
            then case -- noqa: LT02
                when merged.contact_id is not null or merged_here.contact_id is not null
                    then 'CONTACT_MERGED'
                else 'OTHER_PERSON'
            end
        when
            events.occurred_at <> differing.occurred_at
            or events.event_type <> differing.event_type
            then 'EVENT_EDITED'
        when differing.is_there
            then case differing.event_type
                when 'email_click' then 'EMAIL_ADDRESS'
                when 'cta_view' then 'CTA_FORM'
                else 'TYPE_RULE'
            end
        when
            events.asset_type is distinct from events.asset_type_here
            or events.asset_id is distinct from events.asset_id_here
            then 'OTHER_ASSET'
        when
            differing.basis in ('asset', 'both')
            and not exists (
                select 1 from spans_there
                where
                    spans_there.campaign_id = differing.campaign_id
                    and spans_there.asset_type = events.asset_type_here
                    and spans_there.asset_id = events.asset_id_here
                    and spans_there.valid_from <= differing.occurred_at
                    and (
                        spans_there.valid_to is null or spans_there.valid_to > differing.occurred_at
                    )
            )
            then 'ASSOCIATION'
        when campaigns.campaign_id is null then 'CAMPAIGN_MISSING'
        when events.utm_campaign is distinct from events.utm_campaign_here then 'EVENT_EDITED'
        when not list_contains(campaigns.utm_aliases, events.utm_campaign_here) then 'ALIAS'
        else 'ALIAS_START'
    end as reason,
    case
        when differing.basis = 'utm' then events.utm_campaign_here
        else concat_ws(' ', events.asset_type_here, events.asset_id_here)
    end as detail
from differing
left join differing_events as events on differing.event_id = events.event_id
left join $y.core.dim_campaigns as campaigns on differing.campaign_id = campaigns.campaign_id
left join (
    select unnest(merged_contact_ids) as contact_id, contact_id as survivor_contact_id
    from $y.core.dim_contacts
    where len(merged_contact_ids) > 0
) as merged on differing.contact_id = merged.contact_id
left join (
    select unnest(merged_contact_ids) as contact_id, contact_id as survivor_contact_id
    from $x.core.dim_contacts
    where len(merged_contact_ids) > 0
) as merged_here
    on events.contact_id = merged_here.contact_id
    and differing.contact_id = merged_here.survivor_contact_id
