-- One row per conversion besides the won deal, campaign (null: no campaign) and model: what it is
-- credited with (R101-R103).
with per_subject as (
    select conversion, campaign_id, model, subject_id, sum(credit) as credit, sum(amount) as amount
    from {{ ref('conversion_credits') }}
    group by conversion, campaign_id, model, subject_id
)

select
    conversion,
    campaign_id,
    model,
    count(*) as subjects,
    cast(sum(credit) as decimal(18, 6)) as credit,
    cast(sum(amount) as decimal(18, 2)) as amount
from per_subject
group by conversion, campaign_id, model
