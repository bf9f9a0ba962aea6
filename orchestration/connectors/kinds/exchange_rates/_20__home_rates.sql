-- Units of the home currency per euro: one row per day and pull that says them.
select rate_date, per_euro, _pull
from versions
where base = 'EUR' and currency = getvariable('home_currency') and per_euro is not null
union all
select distinct rate_date, 1, _pull
from versions
where base = 'EUR' and getvariable('home_currency') = 'EUR'
