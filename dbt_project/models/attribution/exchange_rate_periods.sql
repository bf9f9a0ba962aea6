-- One row per currency and span of days [valid_from, valid_to) over which a rate to the home
-- currency is the latest one (R65).
with spellings as (
    -- Two spellings of a code are one currency: of one day, the rate loaded last.
    select
        {{ currency_code('currency') }} as currency,
        rate_date,
        rate_to_home,
        row_number() over (
            partition by {{ currency_code('currency') }}, rate_date
            order by loaded_at desc nulls last, cast(rate_to_home as string) desc
        ) as choice
    from {{ ref('stg_exchange_rates') }}
)

select
    currency,
    rate_date as valid_from,
    lead(rate_date) over (partition by currency order by rate_date) as valid_to,
    rate_to_home
from spellings
where choice = 1 and currency is not null
