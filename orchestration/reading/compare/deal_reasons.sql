-- One row per deal and campaign that differs: what decides, the deal's own values first, then its
-- contacts, then the interactions of its path.
create temp table deal_reasons as
with deals as (
    select distinct deal_id from deal_differences
),

contacts_a as (
    select deal_contacts.deal_id, deal_contacts.contact_id
    from side_a.core.fct_deal_contacts as deal_contacts
    inner join side_a.core.fct_deals as owners on deal_contacts.deal_id = owners.deal_id
    where
        deal_contacts.deal_id in (select deal_id from deals)
        and deal_contacts.valid_from < owners.closed_at
        and (deal_contacts.valid_to is null or deal_contacts.valid_to > owners.closed_at)
),

contacts_b as (
    select deal_contacts.deal_id, deal_contacts.contact_id
    from side_b.core.fct_deal_contacts as deal_contacts
    inner join side_b.core.fct_deals as owners on deal_contacts.deal_id = owners.deal_id
    where
        deal_contacts.deal_id in (select deal_id from deals)
        and deal_contacts.valid_from < owners.closed_at
        and (deal_contacts.valid_to is null or deal_contacts.valid_to > owners.closed_at)
),

merged as (
    select unnest(merged_contact_ids) as contact_id from side_a.core.dim_contacts
    union
    select unnest(merged_contact_ids) as contact_id from side_b.core.dim_contacts
),

contact_changes as (
    -- A merge takes one contact off the deal and may put another one on it.
    select
        coalesce(a.deal_id, b.deal_id) as deal_id,
        case
            when count(merged.contact_id) > 0 then 'CONTACT_MERGED' else 'DEAL_CONTACT'
        end as reason,
        coalesce(min(merged.contact_id), min(coalesce(a.contact_id, b.contact_id))) as contact_id
    from contacts_a as a
    full join contacts_b as b on a.deal_id = b.deal_id and a.contact_id = b.contact_id
    left join merged on coalesce(a.contact_id, b.contact_id) = merged.contact_id
    where a.contact_id is null or b.contact_id is null
    group by 1
),

deal_people as (
    select deal_id, contact_id from contacts_a
    union
    select deal_id, contact_id from contacts_b
),

gone as (
    -- Contacts that have a record, or are not deleted, on one side only.
    select
        deal_people.deal_id,
        min(deal_people.contact_id) as contact_id,
        arg_min(
            case
                when a.contact_id is not null and b.contact_id is not null then 'CONTACT_DELETED'
                when merged.contact_id is not null then 'CONTACT_MERGED'
                else 'CONTACT_MISSING'
            end,
            deal_people.contact_id
        ) as reason
    from deal_people
    left join side_a.core.dim_contacts as a on deal_people.contact_id = a.contact_id
    left join side_b.core.dim_contacts as b on deal_people.contact_id = b.contact_id
    left join merged on deal_people.contact_id = merged.contact_id
    where coalesce(a.is_deleted, true) <> coalesce(b.is_deleted, true)
    group by deal_people.deal_id
),

ages as (
    select deal_people.deal_id, min(deal_people.contact_id) as contact_id
    from deal_people
    inner join side_a.core.dim_contacts as a on deal_people.contact_id = a.contact_id
    inner join side_b.core.dim_contacts as b on deal_people.contact_id = b.contact_id
    where a.created_at <> b.created_at
    group by deal_people.deal_id
),

events as (
    select
        deal_people.deal_id,
        differences.campaign_id,
        arg_min(differences.reason, (differences.occurred_at, differences.event_id)) as reason,
        arg_min(differences.event_id, (differences.occurred_at, differences.event_id)) as event_id,
        arg_min(differences.detail, (differences.occurred_at, differences.event_id)) as detail
    from deal_people
    inner join event_differences as differences on deal_people.contact_id = differences.contact_id
    group by deal_people.deal_id, differences.campaign_id
),

other_events as (
    select
        deal_people.deal_id,
        arg_min(differences.reason, (differences.occurred_at, differences.event_id)) as reason,
        arg_min(differences.event_id, (differences.occurred_at, differences.event_id)) as event_id
    from deal_people
    inner join event_differences as differences on deal_people.contact_id = differences.contact_id
    group by deal_people.deal_id
),

path_a as (
    select distinct deal_id, event_id
    from side_a.marts.attribution_credits
    where model = 'linear' and deal_id in (select deal_id from deals)
),

path_b as (
    select distinct deal_id, event_id
    from side_b.marts.attribution_credits
    where model = 'linear' and deal_id in (select deal_id from deals)
),

absorbed as (
    -- Deals that another one is merged into on one side only.
    $absorbed
),

paths as (
    select
        coalesce(a.deal_id, b.deal_id) as deal_id,
        min(coalesce(a.event_id, b.event_id)) as event_id
    from path_a as a
    full join path_b as b on a.deal_id = b.deal_id and a.event_id = b.event_id
    where a.event_id is null or b.event_id is null
    group by 1
)

select
    differences.deal_id,
    differences.campaign_id,
    case -- noqa: LT02
        when changed.reason is not null then changed.reason
        when absorbed.deal_id is not null then 'DEAL_MERGED'
        when gone.deal_id is not null then gone.reason
        when contact_changes.deal_id is not null then contact_changes.reason
        when events.reason is not null then events.reason
        when paths.deal_id is not null then coalesce(other_events.reason, 'PATH')
        when ages.deal_id is not null then 'CONTACT_CREATED'
        when other_events.reason is not null then 'ASSOCIATION_SHARE'
        when 'CONTACT_DELETED' in (differences.reason_a, differences.reason_b)
            then 'CONTACT_DELETED'
    end as reason,
    coalesce(
        absorbed.loser_deal_id,
        gone.contact_id,
        contact_changes.contact_id,
        events.event_id,
        paths.event_id,
        ages.contact_id,
        other_events.event_id
    ) as decided_by
from deal_differences as differences
left join changed_deals as changed on differences.deal_id = changed.deal_id
left join absorbed on differences.deal_id = absorbed.deal_id
left join gone on differences.deal_id = gone.deal_id
left join contact_changes on differences.deal_id = contact_changes.deal_id
left join events
    on differences.deal_id = events.deal_id and differences.campaign_id = events.campaign_id
left join other_events on differences.deal_id = other_events.deal_id
left join paths on differences.deal_id = paths.deal_id
left join ages on differences.deal_id = ages.deal_id
