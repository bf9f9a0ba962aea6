-- One row per campaign that is not deleted and session that counts for it, with the portal day of
-- its start (R41, R84) and its channel (R110).
select
    counted.campaign_id,
    counted.session_id,
    sessions.channel,
    {{ portal_date('counted.started_at') }} as counted_on
from {{ ref('campaign_sessions') }} as counted
inner join {{ ref('campaigns') }} as campaigns on counted.campaign_id = campaigns.campaign_id
left join {{ ref('sessions') }} as sessions on counted.session_id = sessions.session_id
where not campaigns.is_deleted
