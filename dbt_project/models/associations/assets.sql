{{ config(meta={'kept_before': true}) }}
-- One row per asset that has a record (R02).
select
    asset_type,
    asset_id,
    asset_name,
    url,
    network,
    has_form,
    created_at,
    published_at,
    is_deleted,
    -- Whether the network that it is advertised on is a search engine's (R111).
    exists (
        select 1
        from {{ ref('traffic_sources') }} as networks
        where networks.kind = 'network_search' and instr({{ lower_case('assets.network') }}, networks.value) > 0
    ) as is_search_network
from {{ ref('stg_assets') }} as assets
