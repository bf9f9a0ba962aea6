-- What came and is not landed, and why; each day and currency once.
with newest as (
    select
        rate_date, currency, base, per_euro,
        if(base = 'EUR', per_euro is null, not is_above_zero) as is_none
    from versions
    qualify row_number() over (partition by rate_date, currency, base order by _pull desc) = 1
),

landed as (
    select versions.rate_date, versions.currency
    from versions
    inner join home_rates
        on versions.rate_date = home_rates.rate_date and versions._pull = home_rates._pull
    where versions.base = 'EUR' and versions.per_euro is not null
)

select
    'exchange_rates' as raw_table,
    'no rate of ' || getvariable('home_currency') || ' that day: not landed (' || count(*)
    || ' rates)' as reason
from newest
anti join landed on newest.rate_date = landed.rate_date and newest.currency = landed.currency
where newest.base = 'EUR' and newest.per_euro is not null
having count(*) > 0
union all
select
    'exchange_rates', 'rates that are no number above zero: not landed (' || count(*) || ' rates)'
from newest
where is_none
having count(*) > 0
