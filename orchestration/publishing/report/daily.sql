with sessions as (
    select session_id from core.fct_campaign_interactions
    where
        event_type = 'page_view'
        and campaign_id in (${live})
),

influenced as (
    select contact_id, min(influenced_at) as influenced_at
    from marts.influenced_contacts
    where campaign_id in (${live})
    group by 1
),

first_touches as (
    select distinct contact_id, contact_created_at
    from marts.first_touch_contacts where campaign_id in (${live})
),

last_touches as (
    select distinct contact_id, contact_created_at
    from marts.last_touch_contacts where campaign_id in (${live})
)

select
    'sessions' as kind, ${session_day} as day,
    count(*) as number, false as is_unknown
from core.fct_sessions
where session_id in (select session_id from sessions)
group by all
union all
select 'first_touch', ${created_day}, count(*), false
from first_touches group by all
union all
select 'last_touch', ${created_day}, count(*), false
from last_touches group by all
union all
select 'influenced', ${influenced_day}, count(*), false
from influenced
group by all
union all
select 'revenue', day, sum(revenue), false from marts.campaign_daily
where revenue <> 0
group by all
union all
select 'spend', day, sum(spend), count(*) > count(spend)
from marts.campaign_daily
where spend is null or spend <> 0 group by all
