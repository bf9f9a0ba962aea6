-- One row per subject of a conversion besides the won deal, a contact or a deal, and its path,
-- whose credits an increment computes anew: its contacts changed, or what they did, or what that
-- counts for (R101, R102). Empty in a full build.
-- depends_on: {{ ref('interactions') }}
{%- set columns = [
    'conversion', 'subject_id', 'contact_id', 'contact_created_at', 'path_until', 'lead_until',
    'deal_created_at', 'converted_at', 'amount',
] %}
with records as (
    {{ changed_rows('conversion_contacts', columns) | indent(4) }}
),

changed_contacts as (
    select contact_id
    from {{ ref('interaction_changes') }}
    union
    select contact_id
    from {{ ref('campaign_interaction_changes') }}
),

subjects as (
    select subject_id
    from records
    union
    select contacts.subject_id
    from {{ ref('conversion_contacts') }} as contacts
    inner join changed_contacts on contacts.contact_id = changed_contacts.contact_id
)

select numbers.subject_id, numbers.path_number
from {{ ref('path_numbers') }} as numbers
inner join subjects on numbers.subject_id = subjects.subject_id
where numbers.conversion <> 'deal_won'
