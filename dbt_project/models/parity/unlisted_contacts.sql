-- One row per reported list and contact that counts here and is not on it (R120).
with lists as (
    select source, campaign_id, metric, max(list_reported_at) as list_reported_at
    from {{ ref('listed_contacts') }}
    group by source, campaign_id, metric
),

merged as (
    select distinct source, campaign_id, metric, survivor_contact_id
    from {{ ref('listed_contacts') }}
    where contact_id <> survivor_contact_id
)

select
    lists.source,
    lists.campaign_id,
    lists.metric,
    counted.contact_id,
    counted.counted_at,
    lists.list_reported_at,
    merged.survivor_contact_id is not null as is_merged_there
from lists
inner join {{ ref('counted_contacts') }} as counted
    on lists.campaign_id = counted.campaign_id and lists.metric = counted.metric
left join {{ ref('listed_contacts') }} as listed
    on lists.source = listed.source
    and lists.campaign_id = listed.campaign_id
    and lists.metric = listed.metric
    and counted.contact_id = listed.contact_id
left join merged
    on lists.source = merged.source
    and lists.campaign_id = merged.campaign_id
    and lists.metric = merged.metric
    and counted.contact_id = merged.survivor_contact_id
where listed.contact_id is null
