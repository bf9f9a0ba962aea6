-- The playbook's conversions, in the columns of its seed of the same name: one row per customer
-- with a won deal, its revenue in the home currency at the rate of the close, in cents.
with deals as (

    select *
    from read_parquet('{{ var("landing") }}/deals/*.parquet')
    qualify row_number() over (partition by deal_id order by _loaded_at desc) = 1

),

rates as (

    select
        currency,
        rate_date,
        rate_to_home,
    from read_parquet('{{ var("landing") }}/exchange_rates/*.parquet')

),

contacts as (

    select
        deal_id,
        contact_id,
    from read_parquet('{{ var("landing") }}/deal_contact_log/*.parquet')

),

converted as (

    select
        contacts.contact_id as customer_id,
        deals.closed_at as converted_at,
        cast(
            if(
                deals.currency is null,
                deals.amount,
                round(deals.amount * rates.rate_to_home, 2)
            ) as decimal(18, 2)
        ) as revenue,
        deals.deal_id,
    from deals
    inner join contacts
        on deals.deal_id = contacts.deal_id
    asof left join rates
        on deals.currency = rates.currency and cast(deals.closed_at as date) >= rates.rate_date
    where deals.is_closed_won
        and deals.amount > 0

)

select *
from converted
where revenue is not null
