-- R62, R75: in total and per model, the revenue of all campaigns and of none is what the ledger
-- credits.
with reported as (
    select model, sum(revenue) as revenue
    from {{ ref('attributed_revenue') }}
    group by model
),

ledger as (
    select model, sum(credit) as credit
    from {{ ref('attribution_credits') }}
    group by model
)

select ledger.model, ledger.credit, reported.revenue
from ledger
full outer join reported on ledger.model = reported.model
where ledger.credit is distinct from reported.revenue
