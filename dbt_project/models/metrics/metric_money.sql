-- One row per campaign that is not deleted, and budget item, spend item or day of ad spend of it
-- (R83, R84); and one of 0 for the campaign itself (R01).
with money as (
    select kind, campaign_id, happened_on as counted_on, amount_home
    from {{ ref('campaign_money') }}
    union all
    select
        'campaign' as kind, campaign_id, {{ portal_date('created_at') }} as counted_on,
        0 as amount_home
    from {{ ref('campaigns') }}
)

select
    money.kind,
    money.campaign_id,
    money.counted_on,
    cast(money.amount_home as decimal(18, 2)) as amount_home
from money
inner join {{ ref('campaigns') }} as campaigns on money.campaign_id = campaigns.campaign_id
where not campaigns.is_deleted
