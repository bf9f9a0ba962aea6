-- Pages and posts by id, with the first pull that knew them.
select
    id as _key, '' as _said, id, min(asset_type) as asset_type, min(_pull) as _pull,
    min(_pulled_at) as _pulled_at
from fresh_asset_versions
where asset_type in ('landing_page', 'website_page', 'blog_post')
group by id
