-- One row per campaign that is not deleted and asset now in it: the asset's whole history (R81, R82), before the association too.
-- Where the asset was in another campaign before, event types that do not move with it count from this association on.
with counted as (
    select
        associations.campaign_id,
        associations.asset_type,
        associations.asset_id,
        types.asset_metric,
        case when not contacts.is_deleted then contacts.contact_id end as contact_id
    from {{ ref('current_associations') }} as associations
    inner join {{ ref('interactions') }} as interactions
        on associations.asset_type = interactions.asset_type
        and associations.asset_id = interactions.asset_id
    inner join {{ ref('interaction_types') }} as types on interactions.event_type = types.event_type
    left join {{ ref('contacts') }} as contacts on interactions.contact_id = contacts.contact_id
    where
        not interactions.is_filtered
        and types.asset_metric is not null
        and (
            types.moves_with_asset
            or not associations.is_second_home
            or interactions.occurred_at >= associations.valid_from
        )
),

metrics as (
    select
        campaign_id,
        asset_type,
        asset_id,
        {%- for metric in asset_event_metrics() %}
        count(case when asset_metric = '{{ metric }}' then 1 end) as {{ metric }},
        {%- endfor %}
        count(distinct case when asset_metric = 'contacts_sent' then contact_id end) as contacts_sent,
        count(distinct case when asset_metric = 'contacts_opened' then contact_id end) as contacts_opened,
        count(distinct case when asset_metric = 'contacts_clicked' then contact_id end) as contacts_clicked
    from counted
    group by campaign_id, asset_type, asset_id
)

select
    associations.campaign_id,
    associations.asset_type,
    associations.asset_id,
    coalesce(metrics.page_views, 0) as page_views,
    coalesce(metrics.form_submissions, 0) as form_submissions,
    coalesce(metrics.contacts_sent, 0) as contacts_sent,
    coalesce(metrics.contacts_opened, 0) as contacts_opened,
    coalesce(metrics.contacts_clicked, 0) as contacts_clicked,
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
left join {{ ref('asset_ad_metrics') }} as ads
    on associations.asset_type = ads.asset_type and associations.asset_id = ads.asset_id
