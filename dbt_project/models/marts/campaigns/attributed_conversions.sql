-- One row per conversion besides the won deal, campaign (null: no campaign) and model: what it is
-- credited with (R101-R103).
with met as (
    select path_number, campaign_id, count(*) as touches
    from {{ ref('conversion_touches') }}
    group by path_number, campaign_id
),

touches as (
    select
        touches.touch_number,
        touches.path_number,
        touches.conversion,
        touches.campaign_id,
        met.touches = 1 as is_only_one
    from {{ ref('conversion_touches') }} as touches
    inner join met
        on touches.path_number = met.path_number
        and touches.campaign_id is not distinct from met.campaign_id
),

credited as (
    select
        touches.conversion,
        touches.campaign_id,
        shares.model,
        touches.path_number,
        touches.is_only_one,
        shares.credit,
        shares.amount
    from {{ ref('conversion_shares') }} as shares
    inner join touches on shares.touch_number = touches.touch_number
),

sums as (
    select
        conversion,
        campaign_id,
        model,
        sum(credit) as credit,
        sum(amount) as amount,
        count(case when is_only_one then 1 end) as subjects
    from credited
    group by conversion, campaign_id, model
),

-- Whom several touches of a campaign credit counts once; most have one, and need no look at others.
several as (
    select conversion, campaign_id, model, count(*) as subjects
    from (
        select distinct conversion, campaign_id, model, path_number
        from credited
        where not is_only_one
    ) as subjects
    group by conversion, campaign_id, model
)

select
    sums.conversion,
    sums.campaign_id,
    sums.model,
    sums.subjects + coalesce(several.subjects, 0) as subjects,
    cast(sums.credit as decimal(18, 6)) as credit,
    cast(sums.amount as decimal(18, 2)) as amount
from sums
left join several
    on sums.conversion = several.conversion
    and sums.model = several.model
    and sums.campaign_id is not distinct from several.campaign_id
