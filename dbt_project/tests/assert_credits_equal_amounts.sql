-- R75: per deal and model the credits, those of no campaign included, are the deal's home amount;
-- every model credits the same deals.
with credited as (
    select deal_id, model, sum(credit) as credit
    from {{ ref('attribution_credits') }}
    group by deal_id, model
),

owed as (
    select deals.deal_id, models.model, deals.amount_home
    from {{ ref('fct_deals') }} as deals
    cross join {{ ref('attribution_models') }} as models
    where deals.deal_id in (select credited.deal_id from credited)
)

select owed.deal_id, owed.model, owed.amount_home, credited.credit
from owed
left join credited on owed.deal_id = credited.deal_id and owed.model = credited.model
where credited.credit is null or credited.credit <> owed.amount_home
