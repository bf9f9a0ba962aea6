-- One row per currency and day, in home currency. The ECB's rates are units per euro: the home
-- currency's own rate brings them there.
with per_euro as (
    select rate_date, currency, per_euro, _pull, _pulled_at
    from versions
    where base = 'EUR' and per_euro is not null
    union all
    select distinct rate_date, 'EUR', 1, _pull, _pulled_at
    from versions
    where base = 'EUR'
)

select
    per_euro.currency,
    per_euro.rate_date,
    round(home_rates.per_euro / per_euro.per_euro, 10)::decimal(38, 10)::varchar as rate_to_home,
    iso(per_euro._pulled_at) as _loaded_at,
    per_euro._pull
from per_euro
inner join home_rates
    on per_euro.rate_date = home_rates.rate_date and per_euro._pull = home_rates._pull
where per_euro.currency != getvariable('home_currency')
union all
select currency, rate_date, rate, iso(_pulled_at), _pull from versions
where base is null and is_above_zero
