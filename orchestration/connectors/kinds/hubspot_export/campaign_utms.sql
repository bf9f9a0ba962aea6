-- One row per campaign and utm value: the first is as old as the campaign, a later one as the pull
-- that first has it.
select
    with_portal(guid(campaign_id)) as campaign_id,
    filled(utm_campaign) as utm_campaign,
    case
        when min(_pull) = min(min(_pull)) over (partition by campaign_id)
            then arg_min(local_iso(created_at), _pull)
        else iso(min(_pulled_at))
    end as added_at,
    iso(min(loaded(file_time, _pulled_at))) as _loaded_at,
    min(_pull) as _pull
from campaigns
where filled(utm_campaign) is not null
group by campaign_id, utm_campaign
