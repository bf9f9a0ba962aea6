-- One row per campaign that is not deleted and asset associated with it or attempted by the as-of
-- time: visible, or every reason why not (R90).
with attempts as (
    select
        attempts.campaign_id,
        attempts.asset_type,
        attempts.asset_id,
        attempts.is_social_post,
        rejections.log_id is not null as is_rejected,
        row_number() over (
            partition by attempts.campaign_id, attempts.asset_type, attempts.asset_id
            order by attempts.occurred_at desc, attempts.loaded_at desc, attempts.log_id desc
        ) as latest_first
    from {{ ref('association_attempts') }} as attempts
    left join {{ ref('social_post_rejections') }} as rejections
        on attempts.log_id = rejections.log_id
    where attempts.action = 'associated' and attempts.occurred_at <= {{ as_of() }}
),

pairs as (
    select
        campaign_id,
        asset_type,
        asset_id,
        max(case when is_social_post then 1 else 0 end) = 1 as is_social_post,
        max(case when is_rejected then 0 else 1 end) = 1 as was_accepted,
        max(case when is_rejected and latest_first = 1 then 1 else 0 end) = 1 as is_last_rejected
    from attempts
    group by campaign_id, asset_type, asset_id
),

visits as (
    select asset_type, asset_id, max(occurred_at) as last_visit_at
    from {{ ref('tracked_visits') }}
    group by asset_type, asset_id
),

facts as (
    select
        pairs.campaign_id,
        pairs.asset_type,
        pairs.asset_id,
        pairs.is_social_post,
        pairs.was_accepted,
        pairs.is_last_rejected,
        now_in.campaign_id is not null as is_in_campaign,
        assets.published_at,
        {{ portal_date('assets.published_at') }} as published_on,
        campaigns.start_date,
        campaigns.end_date,
        campaigns.created_at as campaign_created_at,
        types.visit_match,
        visits.last_visit_at
    from pairs
    inner join {{ ref('campaigns') }} as campaigns on pairs.campaign_id = campaigns.campaign_id
    inner join {{ ref('asset_types') }} as types on pairs.asset_type = types.asset_type
    left join {{ ref('current_associations') }} as now_in
        on pairs.campaign_id = now_in.campaign_id
        and pairs.asset_type = now_in.asset_type
        and pairs.asset_id = now_in.asset_id
    left join {{ ref('assets') }} as assets
        on pairs.asset_type = assets.asset_type and pairs.asset_id = assets.asset_id
    left join visits on pairs.asset_type = visits.asset_type and pairs.asset_id = visits.asset_id
    where not campaigns.is_deleted
),

reasoned as (
    select
        campaign_id,
        asset_type,
        asset_id,
        {{ text_list_of([
            "case when was_accepted and not is_in_campaign then 'NOT_ASSOCIATED' end",
            "case when is_last_rejected and not is_in_campaign then 'SOCIAL_CAP' end",
            "case when published_on < start_date or published_on > end_date"
            ~ " then 'OUTSIDE_CAMPAIGN_DATES' end",
            "case when is_social_post and (published_at is null or published_at > " ~ as_of()
            ~ ") then 'SOCIAL_NOT_PUBLISHED' end",
            "case when visit_match is not null and last_visit_at is null then 'NO_VISIT' end",
            "case when visit_match = 'tracking_url' and last_visit_at < campaign_created_at"
            ~ " then 'NO_VISIT_AFTER_CAMPAIGN_CREATED' end",
        ]) }} as reasons
    from facts
)

select campaign_id, asset_type, asset_id, {{ list_length('reasons') }} = 0 as is_visible, reasons
from reasoned
