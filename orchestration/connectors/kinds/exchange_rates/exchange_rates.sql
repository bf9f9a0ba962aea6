-- One row per currency and day, in home currency. The ECB's rates are units per euro: the home
-- currency's own rate brings them there.
with told as (
    select
        left(trim(date), 10) as rate_date,
        upper(trim(currency)) as currency,
        rate,
        base,
        _pull,
        _pulled_at
    from rates
    qualify
        row_number() over (
            partition by left(trim(date), 10), upper(trim(currency)), base, _pull
            order by _load desc, _row desc
        ) = 1
),

home as (
    select rate_date, try_cast(rate as double) as rate, _pull
    from told
    where base = 'EUR' and currency = getvariable('home_currency')
    union all
    select distinct rate_date, 1, _pull from told
    where base = 'EUR' and getvariable('home_currency') = 'EUR'
),

per_euro as (
    select rate_date, currency, try_cast(rate as double) as rate, _pull, _pulled_at
    from told
    where base = 'EUR'
    union all
    select distinct rate_date, 'EUR', 1, _pull, _pulled_at from told
    where base = 'EUR'
)

select
    per_euro.currency,
    per_euro.rate_date,
    round(home.rate / per_euro.rate, 10)::decimal(18, 10)::varchar as rate_to_home,
    iso(per_euro._pulled_at) as _loaded_at,
    per_euro._pull
from per_euro
inner join home
    on per_euro.rate_date = home.rate_date and per_euro._pull = home._pull
where per_euro.currency != getvariable('home_currency') and per_euro.rate > 0
union all
select currency, rate_date, rate, iso(_pulled_at), _pull from told
where filled(base) is null
