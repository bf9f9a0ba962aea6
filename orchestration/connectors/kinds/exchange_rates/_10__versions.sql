-- One row per day, currency and pull, as its last file says it. The ECB's file of one day writes
-- 29 November 2026. What can be no rate per euro (no number, zero) is null; what is no number in
-- home currency is the landing's to refuse.
select
    coalesce(try_strptime(trim(date), '%d %B %Y')::date::varchar, left(trim(date), 10))
        as rate_date,
    upper(trim(currency)) as currency,
    rate,
    filled(base) as base,
    case
        when try_cast(rate as double) between 1e-9 and 1e9 then try_cast(rate as double)
    end as per_euro,
    coalesce(try_cast(rate as double) > 0, true) as is_above_zero,
    _pull,
    _pulled_at
from rates
qualify
    row_number() over (
        partition by rate_date, upper(trim(rates.currency)), filled(rates.base), _pull
        order by _load desc, _row desc
    ) = 1
