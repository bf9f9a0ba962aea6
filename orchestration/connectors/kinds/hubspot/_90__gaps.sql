-- What has no place in the contract, or no way to it, for the coverage.
select 'campaign_asset_log' as raw_table, 'no asset type: ' || kind || ' (' || count(distinct id) || ')' as reason
from campaign_assets
where kind not in (select kind from type_names) and filled(id) is not null
group by kind
union all
select 'events', 'e-mail events of type ' || hubspot_type || ' do not land (' || count(*) || ')'
from email_events_told
where hubspot_type not in ('SENT', 'DELIVERED', 'BOUNCE', 'OPEN', 'CLICK')
group by hubspot_type
union all
select 'events', reason
from (
    values
    ('sessions are per contact: HubSpot names no cookie'),
    (
        'no API: anonymous page views, CTA views and clicks, social actions, ad impressions, workflow enrolments, tracking URLs'
    )
) as always (reason)
union all
select 'assets', 'no API: paid_search_campaign, tracking_url'
