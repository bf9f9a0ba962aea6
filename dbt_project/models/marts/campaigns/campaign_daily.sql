-- One row per campaign that is not deleted and portal day on which anything happened.
-- Dates: session start, contact creation (both touches), first influence, deal close, spend date.
with happenings as (
    select
        campaign_id, {{ portal_date('started_at') }} as day, 'session' as kind,
        cast(null as decimal(18, 2)) as amount
    from {{ ref('campaign_sessions') }}
    union all
    select
        campaign_id, {{ portal_date('contact_created_at') }} as day, 'first_touch' as kind,
        null as amount
    from {{ ref('first_touch_contacts') }}
    union all
    select
        campaign_id, {{ portal_date('contact_created_at') }} as day, 'last_touch' as kind,
        null as amount
    from {{ ref('last_touch_contacts') }}
    union all
    select
        campaign_id, {{ portal_date('influenced_at') }} as day, 'influence' as kind, null as amount
    from {{ ref('influenced_contacts') }}
    union all
    select
        campaign_id, {{ portal_date('max(closed_at)') }} as day, 'deal' as kind,
        cast(sum(revenue) as decimal(18, 2)) as amount
    from {{ ref('campaign_deals') }}
    group by campaign_id, deal_id
    union all
    select campaign_id, happened_on as day, 'spend' as kind, amount_home as amount
    from {{ ref('campaign_money') }}
    where kind = 'spend'
)

select
    happenings.campaign_id,
    happenings.day,
    count(case when happenings.kind = 'session' then 1 end) as sessions,
    count(case when happenings.kind = 'first_touch' then 1 end) as new_contacts_first_touch,
    count(case when happenings.kind = 'last_touch' then 1 end) as new_contacts_last_touch,
    count(case when happenings.kind = 'influence' then 1 end) as influenced_contacts,
    count(case when happenings.kind = 'deal' then 1 end) as deals,
    cast(
        coalesce(
            sum(case when happenings.kind = 'deal' then happenings.amount end), 0
        ) as decimal(18, 2)
    ) as revenue,
    case
        when count(case when happenings.kind = 'spend' and happenings.amount is null then 1 end) = 0
            then cast(
                coalesce(
                    sum(case when happenings.kind = 'spend' then happenings.amount end), 0
                ) as decimal(18, 2)
            )
    end as spend
from happenings
inner join {{ ref('campaigns') }} as campaigns on happenings.campaign_id = campaigns.campaign_id
where not campaigns.is_deleted
group by happenings.campaign_id, happenings.day
