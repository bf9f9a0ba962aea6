-- What came and is not landed, or landed for a campaign that nothing describes.
select
    'ad_metrics' as raw_table,
    'campaign_history has not the campaigns of ' || count(*) || ' rows' as reason
from campaign_days
where
    campaign_id is not null
    and campaign_id not in (select id from campaign_versions where id is not null)
having count(*) > 0
union all
select
    'ad_metrics',
    'ad_analytics_by_campaign rows without a campaign: not landed (' || count(*) || ' rows)'
from campaign_days
where campaign_id is null
having count(*) > 0
union all
select 'ad_metrics', 'currency unknown for ' || count(distinct campaign_id) || ' campaigns'
from campaign_days
where
    campaign_id is not null
    and campaign_id not in (select campaign_id from currencies)
    and not is_in_dollars
having count(*) > 0
