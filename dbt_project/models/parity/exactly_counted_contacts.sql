-- One row per campaign, metric and contact off a list that counts here by a time that is known
-- (R96, R120): by a utm, or by an association whose time is exact; for revenue within one deal.
with candidates as (
    select distinct campaign_id, metric, contact_id
    from {{ ref('unlisted_contacts') }}
),

interactions as (
    select interactions.*
    from {{ ref('campaign_interactions') }} as interactions
    where
        interactions.campaign_id in (select candidates.campaign_id from candidates)
        -- Another contact of a session may have made a last touch count.
        and (
            interactions.contact_id in (select candidates.contact_id from candidates)
            or interactions.session_id in (
                select conversions.session_id
                from {{ ref('contact_conversions') }} as conversions
                where conversions.contact_id in (select candidates.contact_id from candidates)
            )
        )
),

by_exact_association as (
    select interactions.event_id, interactions.campaign_id
    from interactions
    inner join {{ ref('asset_associations') }} as associations
        on interactions.asset_type = associations.asset_type
        and interactions.asset_id = associations.asset_id
        and interactions.campaign_id = associations.campaign_id
        and interactions.occurred_at >= associations.valid_from
        and (associations.valid_to is null or interactions.occurred_at < associations.valid_to)
    where interactions.basis <> 'utm' and associations.time_basis = 'exact'
),

exact_interactions as (
    select event_id, campaign_id from by_exact_association
    union
    select event_id, campaign_id from interactions
    where basis <> 'asset'
),

first_touches as (
    select touches.campaign_id, 'first_touch' as metric, touches.contact_id
    from {{ ref('first_touch_contacts') }} as touches
    inner join exact_interactions as exact
        on touches.event_id = exact.event_id and touches.campaign_id = exact.campaign_id
),

last_touches as (
    select campaign_id, 'last_touch' as metric, contact_id
    from {{ ref('last_touch_contacts') }}
    where basis <> 'asset'
    union all
    select touches.campaign_id, 'last_touch' as metric, touches.contact_id
    from {{ ref('last_touch_contacts') }} as touches
    inner join {{ ref('contact_conversions') }} as conversions
        on touches.contact_id = conversions.contact_id
    inner join interactions
        on touches.campaign_id = interactions.campaign_id
        and (
            conversions.session_id = interactions.session_id
            or conversions.event_id = interactions.event_id
        )
        and (
            conversions.occurred_at > interactions.occurred_at
            or (
                conversions.occurred_at = interactions.occurred_at
                and conversions.event_id >= interactions.event_id
            )
        )
    inner join by_exact_association as exact
        on interactions.event_id = exact.event_id and interactions.campaign_id = exact.campaign_id
    where interactions.event_type in ('page_view', 'form_submission')
),

influences as (
    select interactions.campaign_id, 'influenced' as metric, interactions.contact_id
    from interactions
    inner join exact_interactions as exact
        on interactions.event_id = exact.event_id and interactions.campaign_id = exact.campaign_id
    where interactions.influences
),

revenue as (
    select credits.campaign_id, 'revenue' as metric, credits.contact_id
    from {{ ref('credits') }} as credits
    inner join exact_interactions as exact
        on credits.event_id = exact.event_id and credits.campaign_id = exact.campaign_id
    inner join {{ ref('deal_contacts') }} as deal_contacts
        on credits.deal_id = deal_contacts.deal_id
        and credits.contact_id = deal_contacts.contact_id
        and credits.closed_at > deal_contacts.valid_from
        and (deal_contacts.valid_to is null or credits.closed_at < deal_contacts.valid_to)
    where credits.model = 'linear' and deal_contacts.time_basis = 'exact'
),

counted as (
    select campaign_id, metric, contact_id from first_touches
    union
    select campaign_id, metric, contact_id from last_touches
    union
    select campaign_id, metric, contact_id from influences
    union
    select campaign_id, metric, contact_id from revenue
)

select counted.campaign_id, counted.metric, counted.contact_id
from counted
inner join candidates
    on counted.campaign_id = candidates.campaign_id
    and counted.metric = candidates.metric
    and counted.contact_id = candidates.contact_id
