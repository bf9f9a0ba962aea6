{{ config(meta={'kept_before': true}) }}
-- One row per landed deal, landed contact, label and span of time [valid_from, valid_to) over which
-- the log has the contact on the deal (R61), with the deal (R66) and the contact (R10) that survive
-- them.
with log as (
    select
        log_id,
        deal_id,
        contact_id,
        -- No label is one of its own; another case or an outer space is another label.
        coalesce(label, '') as label,
        action,
        occurred_at,
        loaded_at,
        coalesce(time_basis, 'exact') as time_basis
    from {{ ref('stg_deal_contact_log') }}
),

{{ fold_intervals('log', ['deal_id', 'contact_id', 'label'], 'contact_id') }}

select
    intervals.deal_id as landed_deal_id,
    coalesce(deals.survivor_deal_id, intervals.deal_id) as deal_id,
    coalesce(contacts.survivor_contact_id, intervals.contact_id) as contact_id,
    intervals.valid_from,
    intervals.valid_to,
    intervals.time_basis
from intervals
left join {{ ref('deal_survivors') }} as deals on intervals.deal_id = deals.deal_id
left join {{ ref('contact_survivors') }} as contacts on intervals.contact_id = contacts.contact_id
