-- One row per reported list and contact on it that does not count here (R120), with what its
-- survivor is and has done: what the reasons are chosen by.
with uncounted as (
    select
        listed.source,
        listed.campaign_id,
        listed.metric,
        listed.contact_id,
        listed.survivor_contact_id,
        counted.contact_id is not null as survivor_counts
    from {{ ref('listed_contacts') }} as listed
    left join {{ ref('counted_contacts') }} as counted
        on listed.campaign_id = counted.campaign_id
        and listed.metric = counted.metric
        and listed.survivor_contact_id = counted.contact_id
    where counted.contact_id is null or listed.contact_id <> listed.survivor_contact_id
),

interactions as (
    select contact_id, event_type, occurred_at, asset_type, asset_id, utm_campaign
    from {{ ref('interactions') }}
    where
        not is_filtered
        and contact_id in (select uncounted.survivor_contact_id from uncounted)
),

tagged_forms as (
    -- For last touch the utm of a form submission is asked, too (R51).
    select
        interactions.contact_id,
        aliases.campaign_id,
        max(case when interactions.occurred_at >= aliases.counts_from then 1 else 0 end) as counts
    from interactions
    inner join {{ ref('campaign_aliases') }} as aliases
        on interactions.utm_campaign = aliases.utm_campaign
    where interactions.event_type = 'form_submission'
    group by interactions.contact_id, aliases.campaign_id
),

near_campaigns as (
    select interactions.contact_id, associations.campaign_id
    from interactions
    inner join {{ ref('asset_associations') }} as associations
        on interactions.asset_type = associations.asset_type
        and interactions.asset_id = associations.asset_id
    union
    select interactions.contact_id, aliases.campaign_id
    from interactions
    inner join {{ ref('campaign_aliases') }} as aliases
        on interactions.utm_campaign = aliases.utm_campaign
    where interactions.event_type = 'page_view'
),

in_campaigns as (
    select distinct contact_id, campaign_id
    from {{ ref('campaign_interactions') }}
    where contact_id in (select uncounted.survivor_contact_id from uncounted)
),

submitters as (
    select distinct contact_id from interactions
    where event_type = 'form_submission'
)

select
    uncounted.source,
    uncounted.campaign_id,
    uncounted.metric,
    uncounted.contact_id,
    contacts.contact_id is not null as has_record,
    coalesce(contacts.is_deleted, false) as is_deleted,
    uncounted.survivor_counts,
    near_campaigns.contact_id is not null
    or tagged_forms.contact_id is not null as has_interaction,
    in_campaigns.contact_id is not null
    or coalesce(tagged_forms.counts = 1, false) as has_counting_interaction,
    submitters.contact_id is not null and conversions.contact_id is null as has_no_conversion
from uncounted
left join {{ ref('contacts') }} as contacts
    on uncounted.survivor_contact_id = contacts.contact_id
left join near_campaigns
    on uncounted.survivor_contact_id = near_campaigns.contact_id
    and uncounted.campaign_id = near_campaigns.campaign_id
left join in_campaigns
    on uncounted.survivor_contact_id = in_campaigns.contact_id
    and uncounted.campaign_id = in_campaigns.campaign_id
left join tagged_forms
    on uncounted.survivor_contact_id = tagged_forms.contact_id
    and uncounted.campaign_id = tagged_forms.campaign_id
    and uncounted.metric = 'last_touch'
left join submitters on uncounted.survivor_contact_id = submitters.contact_id
left join {{ ref('contact_conversions') }} as conversions
    on uncounted.survivor_contact_id = conversions.contact_id
