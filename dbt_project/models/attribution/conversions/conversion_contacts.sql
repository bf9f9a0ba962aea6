{{ config(meta={'kept_before': true}) }}
-- One row per conversion, subject and contact whose events make its path (R100-R102). None of a
-- conversion that the variable `conversions` leaves out.
{%- set until = 'contacts.created_at + interval '
    ~ (var('conversion_tolerance_minutes') | int) * 60000000 ~ ' microsecond' %}
with contact_created as (
    -- The last event holds lead creation, so that its instant is the path's end; nobody holds deal
    -- creation.
    select
        'contact_created' as conversion,
        contacts.contact_id as subject_id,
        contacts.contact_id,
        contacts.created_at as contact_created_at,
        {{ until }} as path_until,
        {{ until }} as lead_until,
        cast(null as timestamp) as deal_created_at,
        contacts.created_at as converted_at,
        cast(null as decimal(18, 2)) as amount
    from {{ ref('contacts') }} as contacts
    where {{ 'not contacts.is_deleted' if credits_conversion('contact_created') else '1 = 0' }}
),

deal_created as (
    select
        'deal_created' as conversion,
        deals.deal_id as subject_id,
        contacts.contact_id,
        contacts.created_at as contact_created_at,
        deals.created_at as path_until,
        contacts.created_at as lead_until,
        deals.created_at as deal_created_at,
        deals.created_at as converted_at,
        case
            when deals.amount > 0 then {{ home_amount('deals.amount', 'deals.currency') }}
        end as amount
    from {{ ref('deals') }} as deals
    inner join {{ ref('deal_contacts') }} as deal_contacts
        on deals.deal_id = deal_contacts.deal_id
        and deal_contacts.valid_from < coalesce(deals.closed_at, {{ as_of() }})
        and (
            deal_contacts.valid_to is null
            or deal_contacts.valid_to > coalesce(deals.closed_at, {{ as_of() }})
        )
    inner join {{ ref('contacts') }} as contacts on deal_contacts.contact_id = contacts.contact_id
    {{ join_rates('deals.currency', portal_date('deals.created_at')) }}
    where
        {{ 'not deals.is_deleted' if credits_conversion('deal_created') else '1 = 0' }}
        and deals.merged_into is null
        and deals.created_at is not null
        and not contacts.is_deleted
)

select
    conversion, subject_id, contact_id, contact_created_at, path_until, lead_until, deal_created_at,
    converted_at, amount
from contact_created
union all
select
    conversion, subject_id, contact_id, contact_created_at, path_until, lead_until, deal_created_at,
    converted_at, amount
from deal_created
