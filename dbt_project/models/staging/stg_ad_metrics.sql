{%- set on_the_list -%}
    asset_type in (select asset_types.asset_type from {{ ref('asset_types') }} as asset_types)
{%- endset -%}
-- One row per asset and day: the newest landed version.
{{ newest_version(
    source('raw', 'ad_metrics'),
    key=['asset_type', 'asset_id', 'metric_date'],
    columns=['impressions', 'clicks', 'spend', 'currency'],
    accepted_where=on_the_list
) }}
