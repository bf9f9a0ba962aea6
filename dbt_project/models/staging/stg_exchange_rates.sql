-- One row per currency and day: the newest landed version.
{{ newest_version(source('raw', 'exchange_rates'), 'exchange_rates') }}
