{{ config(meta={'kept_before': true}) }}
-- One row per contact that has a record and e-mail address that any accepted row of it held (R11),
-- and whether it was the primary one in any (R35).
with landed as (
    select contact_id, email, additional_emails
    from {{ source('raw', 'contacts') }}
),

additional as (
    {{ split_rows('landed', ['contact_id'], 'additional_emails') | indent(4) }}
),

held as (
    select contact_id, {{ mail_address('email') }} as address, 1 as is_primary
    from landed
    where email is not null
    union all
    select contact_id, {{ lower_case('part') }} as address, 0 as is_primary
    from additional
)

select held.contact_id, held.address, max(held.is_primary) = 1 as was_primary
from held
inner join {{ ref('stg_contacts') }} as contacts on held.contact_id = contacts.contact_id
group by held.contact_id, held.address
