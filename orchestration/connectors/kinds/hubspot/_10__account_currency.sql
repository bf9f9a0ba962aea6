-- One row per pull: the account's home currency and zone, as far as that pull knew them.
with accounts as (
    select
        _pull,
        upper(filled(json_extract_string(payload, '$.companyCurrency'))) as currency
    from account
    qualify row_number() over (partition by _pull order by _load desc, _row desc) = 1
)

select numbers._pull, arg_max(accounts.currency, accounts._pull) as currency
from _pulls as numbers
left join accounts on numbers._pull >= accounts._pull and accounts.currency is not null
group by numbers._pull
