-- One row per item of budget or spend and pull that said it, and per pull whose whole totals lack
-- it.
with looks as (
    select parent_id, _pull, started_at from ledger
    where table_name = 'budget_totals' and is_complete
),

known as (
    select kind, parent_id, item_id, min(_pull) as first_pull
    from money_told
    group by all
)

select
    kind, parent_id, item_id, item_name, amount, created_at, currency, false as is_deleted, _pull,
    _pulled_at
from money_told
union all
select
    known.kind, known.parent_id, known.item_id, null, null, null, null, true, looks._pull,
    looks.started_at
from known
inner join looks on known.parent_id = looks.parent_id and known.first_pull < looks._pull
anti join money_told as items
    on
        known.kind = items.kind
        and known.parent_id = items.parent_id
        and known.item_id = items.item_id
        and looks._pull = items._pull
