-- One row per deal and version.
select
    record_id as deal_id,
    record_id,
    dealname as deal_name,
    filled(pipeline) as pipeline,
    filled(dealstage) as stage,
    truth(hs_is_closed_won) as says_won,
    truth(hs_is_closed) as says_closed,
    amount,
    deal_currency_code as currency,
    createdate as created_at,
    closedate as close_date,
    truth_text(is_deleted) as is_deleted,
    hs_merged_object_ids as merged_ids,
    filled(_dlt_id) as row_id,
    loaded(_dlt_load_id, _pulled_at) as loaded_at,
    _pull,
    _pulled_at
from deal_parents
