-- One row per account and version.
select
    filled(id) as account_id,
    filled(currency) as currency,
    timestamp '1900-01-01' as changed_at,
    loaded(_fivetran_synced, _pulled_at) as loaded_at,
    _pull,
    _pulled_at
from account_history
