{{ config(meta={'kept_before': true}) }}
-- One row per deal, surviving contact and span of time [valid_from, valid_to) over which the contact was on the deal (R61).
-- Spans are folded per landed contact id and then united for the survivor: removing a merged-away duplicate ends nothing that the survivor still has.
with log as (
    select log_id, deal_id, contact_id, action, occurred_at, loaded_at
    from {{ ref('stg_deal_contact_log') }}
),

{{ fold_intervals('log', ['deal_id', 'contact_id'], 'contact_id') }},

survivor_intervals as (
    select
        intervals.deal_id,
        coalesce(survivors.survivor_contact_id, intervals.contact_id) as contact_id,
        intervals.valid_from,
        intervals.valid_to
    from intervals
    left join {{ ref('contact_survivors') }} as survivors on intervals.contact_id = survivors.contact_id
),

reaches as (
    select
        *,
        max(coalesce(valid_to, timestamp '9999-12-31 23:59:59.999999')) over (
            partition by deal_id, contact_id
            order by valid_from, coalesce(valid_to, timestamp '9999-12-31 23:59:59.999999')
            rows between unbounded preceding and 1 preceding
        ) as reached_before
    from survivor_intervals
),

unions as (
    select
        *,
        sum(case when valid_from <= reached_before then 0 else 1 end) over (
            partition by deal_id, contact_id
            order by valid_from, coalesce(valid_to, timestamp '9999-12-31 23:59:59.999999')
            rows between unbounded preceding and current row
        ) as union_number
    from reaches
)

select
    deal_id,
    contact_id,
    min(valid_from) as valid_from,
    case when count(valid_to) = count(*) then max(valid_to) end as valid_to
from unions
group by deal_id, contact_id, union_number
