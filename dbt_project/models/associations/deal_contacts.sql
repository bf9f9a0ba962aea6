{{ config(meta={'kept_before': true}) }}
-- One row per surviving deal, surviving contact and span of time [valid_from, valid_to) over which
-- the contact was on the deal (R61, R66). Spells are folded one by one and then united: removing a
-- merged-away duplicate, or one of two labels, ends nothing that the survivor still has.
with reaches as (
    select
        *,
        max(coalesce(valid_to, timestamp '9999-12-31 23:59:59.999999')) over (
            partition by deal_id, contact_id
            order by valid_from, coalesce(valid_to, timestamp '9999-12-31 23:59:59.999999')
            rows between unbounded preceding and 1 preceding
        ) as reached_before
    from {{ ref('deal_contact_spells') }}
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
),

openings as (
    -- Of those that open a union together, the weakest basis is the union's (R96).
    select
        *,
        row_number() over (
            partition by deal_id, contact_id, union_number
            order by
                valid_from,
                case time_basis when 'assumed' then 1 when 'first_seen' then 2 else 3 end
        ) as opening
    from unions
)

select
    deal_id,
    contact_id,
    min(valid_from) as valid_from,
    case when count(valid_to) = count(*) then max(valid_to) end as valid_to,
    max(case when opening = 1 then time_basis end) as time_basis
from openings
group by deal_id, contact_id, union_number
