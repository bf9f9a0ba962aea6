-- What came and is not landed, and why.
select
    'exchange_rates' as raw_table,
    'no rate of ' || getvariable('home_currency') || ' that day: not landed (' || count(*)
    || ' rates)' as reason
from rates
where
    base = 'EUR'
    and getvariable('home_currency') != 'EUR'
    and date not in (select date from rates where currency = getvariable('home_currency'))
having count(*) > 0
