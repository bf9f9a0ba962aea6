-- One row per campaign of a report and file, found by its id, else by a name that one campaign
-- alone has.
select
    coalesce(guid(reports.campaign_id), named.campaign_id) as campaign_id,
    filled(reports.campaign_name) as campaign_name,
    -- Money of campaigns in another currency than the home one is not ours to compare.
    coalesce(
        upper(filled(reports.currency)) = getvariable('home_currency'), true
    ) as is_home,
    reports.* exclude (campaign_id, campaign_name)
from campaign_reports as reports
left join (
    select filled(campaign_name) as campaign_name, min(guid(campaign_id)) as campaign_id
    from campaigns
    where filled(campaign_name) is not null
    group by filled(campaign_name)
    having count(distinct guid(campaign_id)) = 1
) as named on filled(reports.campaign_name) = named.campaign_name
