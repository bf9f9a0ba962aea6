-- One row per account and version.
select
    filled(id) as account_id,
    filled(currency_code) as currency,
    changed_at(updated_at) as changed_at,
    loaded(_fivetran_synced, _pulled_at) as loaded_at,
    _pull,
    _pulled_at
from account_history
