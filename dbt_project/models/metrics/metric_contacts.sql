-- One row per campaign that is not deleted, contact and kind of report that counts the contact for
-- it (R50, R51, R53, R84), with the event that is the reason.
with touches as (
    select
        'first_touch' as kind, campaign_id, contact_id, event_id, contact_created_at as counted_at
    from {{ ref('first_touch_contacts') }}
    union all
    select
        'last_touch' as kind, campaign_id, contact_id, conversion_event_id as event_id,
        contact_created_at as counted_at
    from {{ ref('last_touch_contacts') }}
    union all
    select 'influence' as kind, campaign_id, contact_id, event_id, influenced_at as counted_at
    from {{ ref('influenced_contacts') }}
)

select
    touches.kind,
    touches.campaign_id,
    touches.contact_id,
    interactions.event_type,
    interactions.asset_type,
    interactions.channel,
    {{ portal_date('touches.counted_at') }} as counted_on
from touches
inner join {{ ref('campaigns') }} as campaigns on touches.campaign_id = campaigns.campaign_id
left join {{ ref('interactions') }} as interactions on touches.event_id = interactions.event_id
where not campaigns.is_deleted
