-- One row per pull that could read the account: its home currency.
select _pull, upper(filled(json_extract_string(payload, '$.companyCurrency'))) as currency
from fresh_account
qualify row_number() over (partition by _pull order by _load desc, _row desc) = 1
