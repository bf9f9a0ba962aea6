-- One row per asset with an endpoint of its own and pull, as that pull last said it.
with told as (
    select 'landing_page' as asset_type, id, kind, payload, _pull, _pulled_at, _load, _row
    from fresh_landing_pages
    union all
    select 'website_page', id, kind, payload, _pull, _pulled_at, _load, _row from fresh_site_pages
    union all
    select 'blog_post', id, kind, payload, _pull, _pulled_at, _load, _row from fresh_blog_posts
    union all
    select 'marketing_email', id, kind, payload, _pull, _pulled_at, _load, _row
    from fresh_marketing_emails
    union all
    select 'form', guid(id), kind, payload, _pull, _pulled_at, _load, _row from fresh_forms
    union all
    select 'workflow', id, kind, payload, _pull, _pulled_at, _load, _row from fresh_flows
    union all
    select 'marketing_event', id, kind, payload, _pull, _pulled_at, _load, _row
    from fresh_marketing_events
),

newest as (
    select
        asset_type, id, kind, _pull, _pulled_at,
        json_extract_string(payload, [
            '$.name', '$.eventName', '$.url', '$.eventUrl', '$.createdAt', '$.created',
            '$.publishDate', '$.state',
            '$.currentState', '$.archived'
        ]) as fields
    from told
    where filled(id) is not null
    qualify row_number() over (partition by asset_type, id, _pull order by _load desc, _row desc)
    = 1
)

select
    asset_type, id, _pull, _pulled_at,
    coalesce(filled(fields[1]), filled(fields[2])) as asset_name,
    coalesce(filled(fields[3]), filled(fields[4])) as url,
    coalesce(known_instant(fields[5]), known_instant(fields[6])) as created_at,
    -- Of a draft it is when it was last saved.
    case
        when coalesce(contains(upper(coalesce(filled(fields[8]), fields[9])), 'DRAFT'), false)
            then null
        else known_instant(fields[7])
    end as published_at,
    kind = 'archived' or coalesce(truth(fields[10]), false) as is_archived
from newest
union all
select 'static_list', id, _pull, _pulled_at, list_name, null, created_at, null, is_deleted
from fresh_list_versions
where is_static
