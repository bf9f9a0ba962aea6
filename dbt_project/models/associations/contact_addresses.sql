{{ config(meta={'kept_before': true}) }}
-- One row per e-mail address, lower-case: the contact that it belongs to, as landed and the
-- survivor (R11).
-- Two contacts with one address: a primary beats an additional one, that a former one, then the
-- record that is not deleted, then the lowest landed id.
with contacts as (
    select contact_id, email, additional_emails, is_deleted
    from {{ ref('stg_contacts') }}
),

additional as (
    {{ split_rows('contacts', ['contact_id', 'is_deleted'], 'additional_emails') | indent(4) }}
),

addresses as (
    select contact_id, is_deleted, {{ mail_address('email') }} as address, 1 as preference
    from contacts
    where email is not null
    union all
    select contact_id, is_deleted, {{ lower_case('part') }} as address, 2 as preference
    from additional
    union all
    -- What the contact has no more; what it still has stands above.
    select held.contact_id, contacts.is_deleted, held.address, 3 as preference
    from {{ ref('stg_contact_addresses') }} as held
    inner join contacts on held.contact_id = contacts.contact_id
),

ranked as (
    select
        *,
        row_number() over (
            partition by address order by preference, is_deleted, contact_id
        ) as choice
    from addresses
)

select
    ranked.address,
    ranked.contact_id as landed_contact_id,
    coalesce(survivors.survivor_contact_id, ranked.contact_id) as contact_id
from ranked
left join {{ ref('contact_survivors') }} as survivors on ranked.contact_id = survivors.contact_id
where ranked.choice = 1
