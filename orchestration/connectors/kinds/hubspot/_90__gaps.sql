-- What has no place in the contract, or no way to it, for the coverage.
select
    'campaign_asset_log' as raw_table,
    'no asset type: ' || kind || ' (' || count(*) || ')' as reason
from other_assets
group by kind
union all
select raw_table, what || ' do not land (' || sum(times)::bigint || ')'
from (
    select raw_table, what, times from tallied
    union all
    select raw_table, what, times from tally
) as counted
group by raw_table, what
union all
select 'events', reason
from (
    values
    ('sessions are per contact: HubSpot names no cookie'),
    (
        'no API: anonymous page views, CTA views and clicks, social actions, ad impressions, '
        || 'workflow enrolments, tracking URLs'
    )
) as always (reason)
union all
select 'assets', 'no API: paid_search_campaign, tracking_url'
