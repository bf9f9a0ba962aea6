with own as (select * from diagnostics.utm_audit where campaign_id = ?)

select utm_campaign, page_views, sessions, status, similar_alias from own
union all
select utm_campaign, page_views, sessions, status, similar_alias
from diagnostics.utm_audit
where status = 'unmatched' and similar_alias in (select utm_campaign from own)
order by status, page_views desc, utm_campaign
