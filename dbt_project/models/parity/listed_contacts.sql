-- One row per source, campaign, metric and contact on the latest list that the source reports
-- (R120): the rows with the list's latest `reported_at`; a contact that a list drops is not on it.
with lists as (
    select
        reported.*,
        max(reported.reported_at) over (
            partition by reported.source, reported.campaign_id, reported.metric
        ) as list_reported_at
    from {{ ref('stg_reported_contacts') }} as reported
)

select
    lists.source,
    lists.campaign_id,
    lists.metric,
    lists.contact_id,
    coalesce(survivors.survivor_contact_id, lists.contact_id) as survivor_contact_id,
    lists.list_reported_at
from lists
left join {{ ref('contact_survivors') }} as survivors on lists.contact_id = survivors.contact_id
where lists.reported_at = lists.list_reported_at
