-- One row per conversion besides the won deal, campaign (null: no campaign) and model: what it is
-- credited with (R101-R103).
with per_path as (
    select
        touches.conversion,
        touches.campaign_id,
        shares.model,
        shares.path_number,
        sum(shares.credit) as credit,
        sum(shares.amount) as amount
    from {{ ref('conversion_shares') }} as shares
    inner join {{ ref('conversion_touches') }} as touches
        on shares.touch_number = touches.touch_number
    group by touches.conversion, touches.campaign_id, shares.model, shares.path_number
)

select
    conversion,
    campaign_id,
    model,
    count(*) as subjects,
    cast(sum(credit) as decimal(18, 6)) as credit,
    cast(sum(amount) as decimal(18, 2)) as amount
from per_path
group by conversion, campaign_id, model
