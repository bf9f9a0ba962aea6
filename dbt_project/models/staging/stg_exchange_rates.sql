-- One row per currency and day: the newest landed version.
{{ newest_version(
    source('raw', 'exchange_rates'),
    key=['currency', 'rate_date'],
    columns=['rate_to_home']
) }}
