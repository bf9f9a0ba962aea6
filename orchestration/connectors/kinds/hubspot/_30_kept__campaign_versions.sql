-- One row per campaign and pull.
with told as (
    select
        id, _pull, _pulled_at,
        json_extract_string(payload, [
            '$.properties.hs_name', '$.createdAt', '$.properties.hs_start_date',
            '$.properties.hs_end_date',
            '$.properties.hs_campaign_status', '$.properties.hs_owner',
            '$.properties.hs_currency_code', '$.properties.hs_utm'
        ]) as fields
    from last_of_pull('fresh_campaigns')
)

select
    id, _pull, _pulled_at, filled(fields[1]) as campaign_name,
    known_instant(fields[2]) as created_at,
    filled(fields[3]) as start_date, filled(fields[4]) as end_date, filled(fields[5]) as status,
    filled(fields[6]) as owner,
    upper(filled(fields[7])) as currency, filled(fields[8]) as utm
from told
