select 1 as place, 'Events' as what, count(*) as number, max(occurred_at) as instant
from core.fct_interactions
union all
select 2, 'Sessions', count(*), max(started_at) from core.fct_sessions
union all
select 3, 'Contacts created', count(*), max(created_at) from core.dim_contacts
union all
select 4, 'Deals created', count(created_at), max(created_at) from core.fct_deals
union all
select 5, 'Deals won', count(*), max(closed_at) from core.fct_deals
where is_closed_won
union all
select 6, 'Assets put in campaigns', count(*), max(valid_from)
from core.fct_asset_associations
union all
select 7, 'Campaigns created', count(*), max(created_at) from core.dim_campaigns
order by place
