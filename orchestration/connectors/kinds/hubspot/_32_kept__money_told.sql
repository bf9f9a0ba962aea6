-- One row per item of budget or spend and pull that said it.
with said as (
    select 'budget' as kind, totals.*, item.value as item
    from totals, json_each(totals.payload, '$.budgetItems') as item
    union all
    select 'spend', totals.*, item.value
    from totals, json_each(totals.payload, '$.spendItems') as item
)

select
    kind, parent_id, _pull, _pulled_at, currency,
    filled(json_extract_string(item, '$.id')) as item_id,
    filled(json_extract_string(item, '$.name')) as item_name,
    filled(json_extract_string(item, '$.amount')) as amount,
    known_instant(json_extract_string(item, '$.createdAt')) as created_at
from said
where filled(json_extract_string(item, '$.id')) is not null
