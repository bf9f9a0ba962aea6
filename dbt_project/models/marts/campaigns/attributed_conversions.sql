-- One row per conversion besides the won deal, campaign (null: no campaign) and model: what it is
-- credited with (R101-R103).
with touched as (
    -- Whom a campaign touched several times counts once.
    select conversion, campaign_id, sum(touches) as touches, count(*) as subjects
    from (
        select conversion, campaign_id, path_number, count(*) as touches
        from {{ ref('conversion_touches') }}
        group by conversion, campaign_id, path_number
    ) as subjects
    group by conversion, campaign_id
),

sums as (
    select
        conversion,
        campaign_id,
        model,
        sum(credit) as credit,
        sum(amount) as amount,
        count(*) as shares
    from {{ ref('conversion_credits') }}
    group by conversion, campaign_id, model
),

credited as (
    -- A model that credits every touch credits everybody touched: most do, and need no count.
    select
        sums.*,
        case when sums.shares = touched.touches then touched.subjects end as subjects
    from sums
    inner join touched
        on sums.conversion = touched.conversion
        and sums.campaign_id is not distinct from touched.campaign_id
),

counted as (
    select
        touches.conversion,
        touches.campaign_id,
        shares.model,
        count(distinct shares.path_number) as subjects
    from {{ ref('conversion_shares') }} as shares
    inner join {{ ref('conversion_touches') }} as touches
        on shares.touch_number = touches.touch_number
    where shares.model in (select credited.model from credited where credited.subjects is null)
    group by touches.conversion, touches.campaign_id, shares.model
)

select
    credited.conversion,
    credited.campaign_id,
    credited.model,
    coalesce(credited.subjects, counted.subjects) as subjects,
    cast(credited.credit as decimal(18, 6)) as credit,
    cast(credited.amount as decimal(18, 2)) as amount
from credited
left join counted
    on credited.conversion = counted.conversion
    and credited.model = counted.model
    and credited.campaign_id is not distinct from counted.campaign_id
