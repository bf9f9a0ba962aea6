-- One row per deal and version.
select
    filled(deal_id) as deal_id,
    filled(deal_id) as record_id,
    property_dealname as deal_name,
    filled(deal_pipeline_id) as pipeline,
    filled(deal_pipeline_stage_id) as stage,
    truth(property_hs_is_closed_won) as says_won,
    truth(property_hs_is_closed) as says_closed,
    property_amount as amount,
    property_deal_currency_code as currency,
    property_createdate as created_at,
    property_closedate as close_date,
    version_deleted(
        _fivetran_active,
        is_newest,
        coalesce(truth_text(is_deleted), truth_text(_fivetran_deleted))
    ) as is_deleted,
    version_loaded(
        _fivetran_active, is_newest, _fivetran_start, _fivetran_synced, _pulled_at
    ) as loaded_at,
    _pull,
    _pulled_at
from (select *, is_newest_version(deal_id, _fivetran_start, _pull) as is_newest from deal)
