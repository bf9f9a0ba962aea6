-- One row per campaign that is not deleted and asset now in it: the asset's whole history (R81,
-- R82), before the association too. Where the asset was in another campaign before, event types
-- that do not move with it count from this association on.
with whole_history as (
    select
        associations.campaign_id,
        associations.asset_type,
        associations.asset_id,
        types.asset_metric,
        counts.events
    from {{ ref('current_associations') }} as associations
    inner join {{ ref('asset_event_counts') }} as counts
        on associations.asset_type = counts.asset_type and associations.asset_id = counts.asset_id
    inner join {{ ref('interaction_types') }} as types on counts.event_type = types.event_type
    where types.moves_with_asset or not associations.is_second_home
),

since_association as (
    select
        associations.campaign_id,
        associations.asset_type,
        associations.asset_id,
        types.asset_metric,
        count(*) as events
    from {{ ref('current_associations') }} as associations
    inner join {{ ref('interactions') }} as interactions
        on associations.asset_type = interactions.asset_type
        and associations.asset_id = interactions.asset_id
        and associations.valid_from <= interactions.occurred_at
    inner join {{ ref('interaction_types') }} as types on interactions.event_type = types.event_type
    where
        associations.is_second_home and not types.moves_with_asset and not interactions.is_filtered
    group by
        associations.campaign_id,
        associations.asset_type,
        associations.asset_id,
        types.asset_metric
),

events as (
    select campaign_id, asset_type, asset_id, asset_metric, events from whole_history
    union all
    select campaign_id, asset_type, asset_id, asset_metric, events from since_association
),

metrics as (
    select
        campaign_id,
        asset_type,
        asset_id,
        {%- for metric in asset_event_metrics() %}
            cast(
                coalesce(sum(case when asset_metric = '{{ metric }}' then events end), 0) as bigint
            ) as {{ metric }}{% if not loop.last %},
            {% endif %}
        {%- endfor %}
    from events
    group by campaign_id, asset_type, asset_id
),

people as (
    select
        associations.campaign_id,
        associations.asset_type,
        associations.asset_id,
        count(
            distinct case when types.asset_metric = 'contacts_sent' then contacts.contact_id end
        ) as contacts_sent,
        count(
            distinct case when types.asset_metric = 'contacts_opened' then contacts.contact_id end
        ) as contacts_opened,
        count(
            distinct case when types.asset_metric = 'contacts_clicked' then contacts.contact_id end
        ) as contacts_clicked
    from {{ ref('current_associations') }} as associations
    inner join {{ ref('interactions') }} as interactions
        on associations.asset_type = interactions.asset_type
        and associations.asset_id = interactions.asset_id
    inner join {{ ref('interaction_types') }} as types on interactions.event_type = types.event_type
    inner join {{ ref('contacts') }} as contacts on interactions.contact_id = contacts.contact_id
    where
        types.asset_metric in ('contacts_sent', 'contacts_opened', 'contacts_clicked')
        and not interactions.is_filtered
        and not contacts.is_deleted
        and (
            types.moves_with_asset
            or not associations.is_second_home
            or interactions.occurred_at >= associations.valid_from
        )
    group by associations.campaign_id, associations.asset_type, associations.asset_id
)

select
    associations.campaign_id,
    associations.asset_type,
    associations.asset_id,
    coalesce(metrics.page_views, 0) as page_views,
    coalesce(metrics.form_submissions, 0) as form_submissions,
    coalesce(people.contacts_sent, 0) as contacts_sent,
    coalesce(people.contacts_opened, 0) as contacts_opened,
    coalesce(people.contacts_clicked, 0) as contacts_clicked,
    coalesce(metrics.cta_views, 0) as cta_views,
    coalesce(metrics.cta_clicks, 0) as cta_clicks,
    coalesce(metrics.social_clicks, 0) as social_clicks,
    coalesce(metrics.social_interactions, 0) as social_interactions,
    coalesce(ads.ad_impressions, 0) as ad_impressions,
    coalesce(ads.ad_clicks, 0) as ad_clicks,
    case when ads.asset_id is null then cast(0 as decimal(18, 2)) else ads.ad_spend end as ad_spend,
    coalesce(metrics.workflow_enrollments, 0) as workflow_enrollments,
    coalesce(metrics.list_additions, 0) as list_additions,
    coalesce(metrics.registrations, 0) as registrations,
    coalesce(metrics.attendances, 0) as attendances
from {{ ref('current_associations') }} as associations
left join metrics
    on associations.campaign_id = metrics.campaign_id
    and associations.asset_type = metrics.asset_type
    and associations.asset_id = metrics.asset_id
left join people
    on associations.campaign_id = people.campaign_id
    and associations.asset_type = people.asset_type
    and associations.asset_id = people.asset_id
left join {{ ref('asset_ad_metrics') }} as ads
    on associations.asset_type = ads.asset_type and associations.asset_id = ads.asset_id
