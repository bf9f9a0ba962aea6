-- One row per campaign, day and version. Without a cost in the account's currency, the one in
-- dollars counts.
select
    campaign_id || '|' || left(trim(day), 10) as row_key,
    filled(campaign_id) as campaign_id,
    left(trim(day), 10) as metric_date,
    number_of(impressions) as impressions,
    number_of(clicks) as clicks,
    coalesce(number_of(cost_in_local_currency), number_of(cost_in_usd)) as spend,
    number_of(cost_in_local_currency) is null
    and number_of(cost_in_usd) is not null as is_in_dollars,
    is_unread(impressions) or is_unread(clicks) or is_unread(cost_in_local_currency)
    or is_unread(cost_in_usd) as has_unread,
    loaded(_fivetran_synced, _pulled_at) as loaded_at,
    _pull,
    _pulled_at
from ad_analytics_by_campaign
