-- Rates to the account's currency; of several on one day the last one holds.
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
    from fresh_exchange_rates as rates
)

select
    told.currency || ' ' || coalesce(day_of(effective_at), '') as _key, hash(rate) as _said,
    told.currency, day_of(effective_at) as rate_date, rate, told._pull, _pulled_at
from told
inner join account_currency on told._pull = account_currency._pull
where
    coalesce(told.home, account_currency.currency) = account_currency.currency
    and told.currency is not null
qualify row_number() over (
    partition by told._pull, told.currency, day_of(effective_at)
    order by effective_at desc, _load desc, _row desc
) = 1
