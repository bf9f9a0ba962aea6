{%- set on_the_list -%}
    asset_type in (select asset_types.asset_type from {{ ref('asset_types') }} as asset_types)
{%- endset -%}
-- One row per attempt to change a campaign's assets: the newest landed version.
{{ newest_version(
    source('raw', 'campaign_asset_log'),
    key=['log_id'],
    columns=['campaign_id', 'asset_type', 'asset_id', 'action', 'occurred_at', 'time_basis'],
    accepted_where=on_the_list
) }}
