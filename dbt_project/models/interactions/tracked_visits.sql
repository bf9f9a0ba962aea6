-- One row per visit of a tracking URL or of a paid search campaign (R91).
with page_views as (
    select event_id, occurred_at, url, utm_source, utm_medium, utm_campaign
    from {{ ref('interactions') }}
    where event_type = 'page_view' and not is_filtered and url is not null
),

tracking_urls as (
    select
        assets.asset_type,
        assets.asset_id,
        {{ url_location('assets.url') }} as location,
        coalesce({{ url_utm('assets.url', 'utm_source') }}, '') as utm_source,
        coalesce({{ url_utm('assets.url', 'utm_medium') }}, '') as utm_medium,
        coalesce({{ url_utm('assets.url', 'utm_campaign') }}, '') as utm_campaign,
        coalesce({{ url_utm('assets.url', 'utm_content') }}, '') as utm_content,
        coalesce({{ url_utm('assets.url', 'utm_term') }}, '') as utm_term
    from {{ ref('assets') }} as assets
    inner join {{ ref('asset_types') }} as types on assets.asset_type = types.asset_type
    where types.visit_match = 'tracking_url' and assets.url is not null
),

tagged_alike as (
    select
        tracking_urls.asset_type,
        tracking_urls.asset_id,
        tracking_urls.location,
        tracking_urls.utm_content,
        tracking_urls.utm_term,
        page_views.event_id,
        page_views.occurred_at,
        page_views.url
    from page_views
    inner join tracking_urls
        on coalesce(page_views.utm_campaign, '') = tracking_urls.utm_campaign
        and coalesce(page_views.utm_source, '') = tracking_urls.utm_source
        and coalesce(page_views.utm_medium, '') = tracking_urls.utm_medium
),

tracking_url_visits as (
    select asset_type, asset_id, event_id, occurred_at
    from tagged_alike
    where
        location = {{ url_location('url') }}
        and utm_content = coalesce({{ url_utm('url', 'utm_content') }}, '')
        and utm_term = coalesce({{ url_utm('url', 'utm_term') }}, '')
),

paid_search_pages as (
    select
        event_id,
        occurred_at,
        {{ percent_decode(
            "replace(substring(" ~ url_parameter('url', 'hsa_cam') ~ ", 2), '+', ' ')"
        ) }} as paid_search_id
    from page_views
    where url like '%hsa_cam%'
),

paid_search_visits as (
    select types.asset_type, pages.paid_search_id as asset_id, pages.event_id, pages.occurred_at
    from paid_search_pages as pages
    inner join {{ ref('asset_types') }} as types on types.visit_match = 'paid_search'
    where pages.paid_search_id <> ''
    union all
    select clicks.asset_type, clicks.asset_id, clicks.event_id, clicks.occurred_at
    from {{ ref('interactions') }} as clicks
    inner join {{ ref('asset_types') }} as types on clicks.asset_type = types.asset_type
    where
        types.visit_match = 'paid_search'
        and clicks.event_type = 'ad_click'
        and not clicks.is_filtered
)

select asset_type, asset_id, event_id, occurred_at
from tracking_url_visits
union all
select asset_type, asset_id, event_id, occurred_at
from paid_search_visits
