-- One row per conversion besides the won deal, campaign (null: no campaign) and model: what it is
-- credited with (R101-R103).
with per_path as (
    select
        shares.path_number,
        touches.campaign_id,
        shares.model,
        sum(shares.credit) as credit,
        sum(shares.amount) as amount
    from {{ ref('conversion_shares') }} as shares
    inner join {{ ref('conversion_touches') }} as touches
        on shares.touch_number = touches.touch_number
    group by shares.path_number, touches.campaign_id, shares.model
)

select
    numbers.conversion,
    per_path.campaign_id,
    per_path.model,
    count(*) as subjects,
    cast(sum(per_path.credit) as decimal(18, 6)) as credit,
    cast(sum(per_path.amount) as decimal(18, 2)) as amount
from per_path
inner join {{ ref('path_numbers') }} as numbers on per_path.path_number = numbers.path_number
group by numbers.conversion, per_path.campaign_id, per_path.model
