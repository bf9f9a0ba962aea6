-- One row per deal whose path and reasons an increment computes anew: the deal, its contacts, or what they did changed, or what they did counts for another
-- campaign ever (R60, R61, R70, R94). Empty in a full build.
-- depends_on: {{ ref('interactions') }}
with records as (
    {{ changed_rows('deals', ['deal_id', 'amount_home', 'created_at', 'closed_at', 'deal_reason']) | indent(4) }}
),

spans as (
    {{ changed_rows('deal_contacts', ['deal_id', 'contact_id', 'valid_from', 'valid_to']) | indent(4) }}
),

people as (
    {{ changed_rows('contacts', ['contact_id', 'created_at', 'is_deleted']) | indent(4) }}
),

asset_pairs as (
    {{ changed_rows('asset_associations', ['campaign_id', 'asset_type', 'asset_id']) | indent(4) }}
),

alias_pairs as (
    {{ changed_rows('campaign_aliases', ['campaign_id', 'utm_campaign']) | indent(4) }}
),

changed_contacts as (
    select contact_id
    from people
    union
    select contact_id
    from {{ ref('interaction_changes') }}
    union
    select contact_id
    from {{ ref('campaign_interaction_changes') }}
    {%- if is_increment() %}
    union
    select interactions.contact_id
    from {{ ref('interactions') }} as interactions
    inner join asset_pairs on interactions.asset_type = asset_pairs.asset_type and interactions.asset_id = asset_pairs.asset_id
    union
    select interactions.contact_id
    from {{ ref('interactions') }} as interactions
    where interactions.utm_campaign in (select alias_pairs.utm_campaign from alias_pairs)
    {%- endif %}
)

select deal_id
from records
union
select deal_id
from spans
union
select deal_contacts.deal_id
from {{ ref('deal_contacts') }} as deal_contacts
inner join changed_contacts on deal_contacts.contact_id = changed_contacts.contact_id
