{%- set on_the_list -%}
    asset_type in (select asset_types.asset_type from {{ ref('asset_types') }} as asset_types)
{%- endset -%}
-- One row per asset: the newest landed version.
{{ newest_version(
    source('raw', 'assets'),
    key=['asset_type', 'asset_id'],
    columns=['asset_name', 'url', 'network', 'has_form', 'created_at', 'published_at'],
    is_deletable=true,
    accepted_where=on_the_list
) }}
