-- One row per pull: the account's home currency, as far as that pull knew it.
select numbers._pull, arg_max(accounts.currency, accounts._pull) as currency
from _pulls as numbers
left join accounts on numbers._pull >= accounts._pull and accounts.currency is not null
group by numbers._pull
