-- One row per deal and pull: the deal as that pull last said it.
with told as (
    select
        id, kind, _pull, _pulled_at,
        json_extract_string(payload, [
            '$.properties.dealname', '$.properties.pipeline', '$.properties.dealstage',
            '$.properties.amount',
            '$.properties.deal_currency_code', '$.properties.createdate', '$.createdAt',
            '$.properties.closedate',
            '$.properties.hs_is_closed', '$.properties.hs_is_closed_won',
            '$.properties.hs_merged_object_ids', '$.archived'
        ]) as fields
    from last_of_pull('fresh_deals')
)

select
    id, _pull, _pulled_at,
    filled(fields[1]) as deal_name,
    filled(fields[2]) as pipeline,
    filled(fields[3]) as stage,
    filled(fields[4]) as amount,
    upper(filled(fields[5])) as currency,
    coalesce(known_instant(fields[6]), known_instant(fields[7])) as created_at,
    known_instant(fields[8]) as close_date,
    coalesce(truth(fields[9]), false) as is_closed,
    coalesce(truth(fields[10]), false) as is_closed_won,
    fields[11] as merged_object_ids,
    kind = 'archived' or coalesce(truth(fields[12]), false) as is_archived
from told
