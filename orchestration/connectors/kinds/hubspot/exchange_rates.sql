-- Rates to the account's currency.
with told as (
    select
        rates._pull, rates._pulled_at, rates._load, rates._row,
        upper(filled(json_extract_string(payload, '$.fromCurrencyCode'))) as currency,
        upper(filled(json_extract_string(payload, '$.toCurrencyCode'))) as home,
        filled(json_extract_string(payload, '$.conversionRate')) as rate,
        known_instant(
            coalesce(
                json_extract_string(payload, '$.effectiveAt'),
                json_extract_string(payload, '$.createdAt')
            )
        ) as effective_at
    from exchange_rates as rates
)

select
    told.currency, day_of(effective_at) as rate_date, rate as rate_to_home,
    iso(_pulled_at) as _loaded_at, told._pull
from told
inner join account_currency on told._pull = account_currency._pull
where
    coalesce(told.home, account_currency.currency) = account_currency.currency
    and told.currency is not null
-- Of several on one day the last one holds.
qualify row_number() over (
    partition by told._pull, told.currency, day_of(effective_at)
    order by effective_at desc, _load desc, _row desc
) = 1
