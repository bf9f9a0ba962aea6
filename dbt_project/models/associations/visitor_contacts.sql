{{ config(meta={'kept_before': true}) }}
-- One row per visitor and span of time [valid_from, valid_to): the surviving contact the visitor is
-- taken for (R11). An identification holds until the next one; the first holds for all time before
-- it, too.
with identified as (
    select visitor_id, identified_at, contact_id
    from {{ ref('stg_visitor_identities') }}
    union all
    -- An address that is nobody's identifies nobody.
    select emails.visitor_id, emails.identified_at, addresses.landed_contact_id as contact_id
    from {{ ref('stg_visitor_emails') }} as emails
    inner join {{ ref('contact_addresses') }} as addresses
        on {{ mail_address('emails.email') }} = addresses.address
),

identifications as (
    -- Several at one instant: the lowest contact id as landed.
    select visitor_id, identified_at, min(contact_id) as contact_id
    from identified
    group by visitor_id, identified_at
),

spans as (
    select
        *,
        lag(identified_at) over (partition by visitor_id order by identified_at) as previous_at,
        lead(identified_at) over (partition by visitor_id order by identified_at) as valid_to,
        count(*) over (partition by visitor_id) as identifications
    from identifications
)

select
    spans.visitor_id,
    case when spans.previous_at is not null then spans.identified_at end as valid_from,
    spans.valid_to,
    coalesce(survivors.survivor_contact_id, spans.contact_id) as contact_id,
    spans.identifications
from spans
left join {{ ref('contact_survivors') }} as survivors on spans.contact_id = survivors.contact_id
