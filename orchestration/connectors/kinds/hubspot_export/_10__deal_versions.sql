-- One row per deal and export. Won by its own word, else closed with a probability of 1: exports
-- have labels of stages alone. An export that has neither label (its cells are null, not empty)
-- says of no deal whether it is won.
select
    filled(record_id) as deal_id,
    deal_name,
    filled(pipeline) as pipeline,
    filled(stage) as stage,
    coalesce(
        local_truth(is_closed_won),
        case when share_of(probability) = 1 then coalesce(local_truth(is_closed), true) end,
        false
    ) as says_won,
    coalesce(
        local_truth(is_closed),
        case when says_won or share_of(probability) in (0, 1) then true end,
        false
    ) as says_closed,
    money(amount) as amount,
    currency,
    local_iso(created_at) as created_at,
    local_iso(close_date) as close_date,
    null::varchar as is_deleted,
    contact_ids,
    loaded(file_time, _pulled_at) as loaded_at,
    _pull,
    _pulled_at
from deals
where not is_rounded(record_id) and coalesce(is_closed_won, probability) is not null
