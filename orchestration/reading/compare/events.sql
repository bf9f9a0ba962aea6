-- One row per event and campaign that counts on one side ($x) and not, or otherwise, on the other
-- ($y), of the contacts in `people`: what decides.
insert into event_differences
with here as (
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
        or session_id in (select session_id from odd_sessions)
),

there as (
    select
        event_id,
        campaign_id,
        contact_id,
        basis,
        influences,
        earns_revenue
    from $y.core.fct_campaign_interactions
    where event_id in (select event_id from here)
),

differing as (
    select
        here.*,
        there.event_id is not null as is_there,
        there.contact_id as contact_there,
        there.influences as influences_there,
        there.earns_revenue as earns_there
    from here
    left join there
        on here.event_id = there.event_id and here.campaign_id = there.campaign_id
    where
        there.event_id is null
        or there.contact_id is distinct from here.contact_id
        or there.influences <> here.influences
        or there.earns_revenue <> here.earns_revenue
),

events_here as (
    select event_id, asset_type, asset_id, utm_campaign, url
    from $x.core.fct_interactions
    where event_id in (select event_id from differing)
),

events_there as (
    select event_id, event_type, occurred_at, contact_id, asset_type, asset_id, utm_campaign, is_filtered
    from $y.core.fct_interactions
    where event_id in (select event_id from differing)
),

spans_there as (
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
    case
        when events_there.event_id is null then 'EVENT_MISSING'
        when events_there.is_filtered then 'EVENT_FILTERED'
        when events_there.contact_id is distinct from differing.contact_id
            then case
                when merged.contact_id is not null or merged_here.contact_id is not null
                    then 'CONTACT_MERGED'
                else 'OTHER_PERSON'
            end
        when
            events_there.occurred_at <> differing.occurred_at
            or events_there.event_type <> differing.event_type
            then 'EVENT_EDITED'
        when differing.is_there then 'TYPE_RULE'
        when
            events_there.asset_type is distinct from events_here.asset_type
            or events_there.asset_id is distinct from events_here.asset_id
            then 'OTHER_ASSET'
        when
            differing.basis in ('asset', 'both')
            and not exists (
                select 1 from spans_there
                where
                    spans_there.campaign_id = differing.campaign_id
                    and spans_there.asset_type = events_here.asset_type
                    and spans_there.asset_id = events_here.asset_id
                    and spans_there.valid_from <= differing.occurred_at
                    and (spans_there.valid_to is null or spans_there.valid_to > differing.occurred_at)
            )
            then 'ASSOCIATION'
        when campaigns.campaign_id is null then 'CAMPAIGN_MISSING'
        when events_there.utm_campaign is distinct from events_here.utm_campaign then 'EVENT_EDITED'
        when not list_contains(campaigns.utm_aliases, events_here.utm_campaign) then 'ALIAS'
        else 'ALIAS_START'
    end as reason,
    case
        when differing.basis = 'utm' then events_here.utm_campaign
        else concat_ws(' ', events_here.asset_type, events_here.asset_id)
    end as detail
from differing
left join events_here on differing.event_id = events_here.event_id
left join events_there on differing.event_id = events_there.event_id
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
    on events_there.contact_id = merged_here.contact_id
    and differing.contact_id = merged_here.survivor_contact_id
