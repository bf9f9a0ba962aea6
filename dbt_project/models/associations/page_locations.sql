{{ config(meta={'kept_before': true}) }}
-- One row per host and path that a page lies at: the page that a view of it is on (R36). Of several
-- the one not deleted, then by type and id.
with pages as (
    select
        assets.asset_type, assets.asset_id, assets.is_deleted,
        {{ url_location('assets.url') }} as location
    from {{ ref('assets') }} as assets
    inner join {{ ref('asset_types') }} as types on assets.asset_type = types.asset_type
    where types.is_page and assets.url is not null
),

ranked as (
    select
        *,
        row_number() over (
            partition by location order by is_deleted, asset_type, asset_id
        ) as choice
    from pages
    -- A URL without a host is on no page.
    where location <> '' and location not like '/%'
)

select location, asset_type, asset_id
from ranked
where choice = 1
