select
    campaign_id,
    coalesce(campaign_name, campaign_id)
    || case
        when count(*) over (partition by campaign_name) > 1 then ' (' || campaign_id || ')'
        else ''
    end
    || case when is_deleted then ' (deleted)' else '' end as campaign,
    owner,
    status,
    is_deleted
from core.dim_campaigns
