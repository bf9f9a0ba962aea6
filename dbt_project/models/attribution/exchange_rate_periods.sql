-- One row per currency and span of days [valid_from, valid_to) over which a rate to the home currency is the latest one (R65).
select
    currency,
    rate_date as valid_from,
    lead(rate_date) over (partition by currency order by rate_date) as valid_to,
    rate_to_home
from {{ ref('stg_exchange_rates') }}
