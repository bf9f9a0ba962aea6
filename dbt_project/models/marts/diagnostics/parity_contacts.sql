-- One row per source, campaign, metric and contact that only one side has, with the first reason
-- that holds (R120).
select
    source,
    campaign_id,
    metric,
    contact_id,
    false as is_ours,
    case
        when not has_record then 'UNKNOWN_CONTACT'
        when is_deleted then 'CONTACT_DELETED'
        when survivor_counts then 'CONTACT_MERGED'
        when not has_interaction then 'NO_INTERACTION'
        when not has_counting_interaction then 'BEFORE_ASSOCIATION'
        when metric = 'last_touch' and has_no_conversion then 'OUTSIDE_TOLERANCE'
        else 'NOT_COUNTED'
    end as reason
from {{ ref('uncounted_contacts') }}
union all
select
    unlisted.source,
    unlisted.campaign_id,
    unlisted.metric,
    unlisted.contact_id,
    true as is_ours,
    case
        when unlisted.is_merged_there then 'CONTACT_MERGED'
        when unlisted.counted_at > unlisted.list_reported_at then 'AFTER_REPORT'
        when exactly.contact_id is null then 'ASSUMED_TIME'
        else 'NOT_REPORTED'
    end as reason
from {{ ref('unlisted_contacts') }} as unlisted
left join {{ ref('exactly_counted_contacts') }} as exactly
    on unlisted.campaign_id = exactly.campaign_id
    and unlisted.metric = exactly.metric
    and unlisted.contact_id = exactly.contact_id
