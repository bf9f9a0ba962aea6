-- One row per ad, day and version; which campaign an ad is in, its newest version says.
with ads as (
    select
        filled(id) as ad_id,
        filled(campaign_id) as campaign_id,
        _pull,
        _pulled_at
    from ad_history
    where filled(campaign_id) is not null
    qualify
        row_number() over (
            partition by id
            order by _pull, changed_at(updated_time) desc, loaded(_fivetran_synced, _pulled_at) desc
        ) = 1
)

select
    stats.ad_id || '|' || left(trim(stats.date), 10) as row_key,
    ads.campaign_id,
    filled(stats.account_id) as account_id,
    left(trim(stats.date), 10) as metric_date,
    number_of(stats.impressions) as impressions,
    number_of(stats.inline_link_clicks) as clicks,
    number_of(stats.spend) as spend,
    false as is_in_dollars,
    is_unread(stats.impressions) or is_unread(stats.inline_link_clicks) or is_unread(stats.spend)
        as has_unread,
    loaded(stats._fivetran_synced, stats._pulled_at) as loaded_at,
    greatest(stats._pull, ads._pull) as _pull,
    greatest(stats._pulled_at, ads._pulled_at) as _pulled_at
from basic_ad as stats
left join ads on stats.ad_id = ads.ad_id
