-- One row per campaign and pull after `done`: its budget and spend.
select
    parent_id, payload, _pull, _pulled_at,
    upper(filled(json_extract_string(payload, '$.currencyCode'))) as currency
from fresh_budget_totals
qualify row_number() over (partition by parent_id, _pull order by _load desc, _row desc) = 1
