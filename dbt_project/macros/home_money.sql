{#- A currency code as it is compared (R65): trimmed, in upper case; nothing left is none. -#}
{% macro currency_code(value) -%}
    nullif(upper(trim(both ' ' from {{ value }})), '')
{%- endmacro %}

{#- An amount in the home currency, rounded half-up to cents (R65); null where there is no rate.
    Needs the join below. -#}
{% macro home_amount(amount, currency) -%}
    try_cast(
        round(
            {{ amount }}
            * case
                when
                    coalesce({{ currency_code(currency) }}, '{{ var('home_currency') | upper }}')
                    = '{{ var('home_currency') | upper }}'
                    then cast(1 as decimal(18, 10))
                else rates.rate_to_home
            end,
            2
        ) as decimal(18, 2)
    )
{%- endmacro %}

{#- Joins, as `rates`, the rate in force on a day. -#}
{% macro join_rates(currency, day) -%}
    left join {{ ref('exchange_rate_periods') }} as rates
        on {{ currency_code(currency) }} = rates.currency
        and {{ day }} >= rates.valid_from
        and (rates.valid_to is null or {{ day }} < rates.valid_to)
{%- endmacro %}

{#- A sum of amounts that is null, never smaller, where one of them is unknown (R83). -#}
{% macro sum_or_unknown(amount) -%}
    case when count(*) = count({{ amount }}) then cast(sum({{ amount }}) as decimal(18, 2)) end
{%- endmacro %}
