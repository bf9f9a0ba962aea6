-- The assets of the campaign $key by kind, with the numbers that can be added up.
select
    asset_type,
    count(*) as number,
    sum(page_views) as page_views,
    sum(form_submissions) as forms,
    sum(cta_clicks) + sum(social_clicks) + sum(ad_clicks) as clicks
from marts.asset_performance
where campaign_id = $key
group by asset_type
order by number desc, asset_type
