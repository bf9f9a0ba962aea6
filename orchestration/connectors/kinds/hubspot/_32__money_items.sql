-- One row per item of budget or spend and pull that said it, and per pull whose whole totals lack
-- it.
with said as (
    select 'budget' as kind, totals.*, item.value as item
    from totals, json_each(totals.payload, '$.budgetItems') as item
    union all
    select 'spend', totals.*, item.value
    from totals, json_each(totals.payload, '$.spendItems') as item
),

items as (
    select
        kind, parent_id, _pull, _pulled_at, currency,
        filled(json_extract_string(item, '$.id')) as item_id,
        filled(json_extract_string(item, '$.name')) as item_name,
        filled(json_extract_string(item, '$.amount')) as amount,
        known_instant(json_extract_string(item, '$.createdAt')) as created_at
    from said
),

looks as (
    select parent_id, _pull, started_at from ledger
    where table_name = 'budget_totals' and is_complete
),

known as (
    select kind, parent_id, item_id, min(_pull) as first_pull
    from items
    where item_id is not null
    group by all
)

select
    kind, parent_id, item_id, item_name, amount, created_at, currency, false as is_deleted, _pull,
    _pulled_at
from items
where item_id is not null
union all
select
    known.kind, known.parent_id, known.item_id, null, null, null, null, true, looks._pull,
    looks.started_at
from known
inner join looks on known.parent_id = looks.parent_id and known.first_pull < looks._pull
anti join items
    on
        known.kind = items.kind
        and known.parent_id = items.parent_id
        and known.item_id = items.item_id
        and looks._pull = items._pull
