{{ config(meta={'kept_before': true}) }}
-- One row per asset that has a record (R02), and whether the network that it is advertised on is a
-- search engine's (R111).
with search_networks as (
    select distinct assets.network
    from {{ ref('stg_assets') }} as assets
    inner join {{ ref('traffic_sources') }} as networks
        on networks.kind = 'network_search'
        and instr({{ lower_case('assets.network') }}, networks.value) > 0
)

select
    assets.asset_type,
    assets.asset_id,
    assets.asset_name,
    assets.url,
    assets.network,
    assets.has_form,
    assets.created_at,
    assets.published_at,
    assets.is_deleted,
    search_networks.network is not null as is_search_network
from {{ ref('stg_assets') }} as assets
left join search_networks on assets.network = search_networks.network
