-- One row per campaign that is not deleted and session that counts for it, with the portal day of its start (R41, R84).
select
    sessions.campaign_id,
    sessions.session_id,
    {{ portal_date('sessions.started_at') }} as counted_on
from {{ ref('campaign_sessions') }} as sessions
inner join {{ ref('campaigns') }} as campaigns on sessions.campaign_id = campaigns.campaign_id
where not campaigns.is_deleted
