-- One row per key of the loader (device, network) and version; money in millionths.
select
    coalesce(
        filled(_fivetran_id),
        event_hash(
            'campaign_stats', [customer_id, id, left(trim(date), 10), device, ad_network_type]
        )
    ) as row_key,
    filled(id) as campaign_id,
    left(trim(date), 10) as metric_date,
    number_of(impressions) as impressions,
    number_of(clicks) as clicks,
    (number_of(cost_micros) / 1000000)::decimal(38, 9) as spend,
    false as is_in_dollars,
    is_unread(impressions) or is_unread(clicks) or is_unread(cost_micros) as has_unread,
    loaded(_fivetran_synced, _pulled_at) as loaded_at,
    _pull,
    _pulled_at
from campaign_stats
