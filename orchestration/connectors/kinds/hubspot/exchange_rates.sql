-- Rates to the account's currency.
select currency, rate_date, rate as rate_to_home, iso(_pulled_at) as _loaded_at, _pull
from rates
