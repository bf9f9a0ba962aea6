with seen as (
    select status, utm_campaign, max(page_views) as page_views
    from diagnostics.utm_audit group by 1, 2
)

select
    status, count(*) as number, sum(page_views) as page_views,
    list(utm_campaign order by page_views desc, utm_campaign)[1:3] as examples
from seen group by 1 order by page_views desc, status
