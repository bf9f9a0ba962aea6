-- One row per contact about whom an increment asks anew why something does not count: the record or
-- what the contact did changed, or what it did counts for another campaign, or is on what was never
-- a campaign's before (R94, R97, R98). Empty in a full build.
-- depends_on: {{ ref('interactions') }}
with records as (
    {{ changed_rows('contacts', ['contact_id', 'created_at', 'is_deleted']) | indent(4) }}
),

asset_pairs as (
    {{ changed_rows('asset_associations', ['campaign_id', 'asset_type', 'asset_id']) | indent(4) }}
),

alias_pairs as (
    {{ changed_rows('campaign_aliases', ['campaign_id', 'utm_campaign']) | indent(4) }}
)

select contact_id
from records
union
select contact_id
from {{ ref('interaction_changes') }}
where contact_id is not null
union
select contact_id
from {{ ref('campaign_interaction_changes') }}
where contact_id is not null
{%- if is_increment() %}
union
select interactions.contact_id
from {{ ref('interactions') }} as interactions
inner join asset_pairs
    on interactions.asset_type = asset_pairs.asset_type
    and interactions.asset_id = asset_pairs.asset_id
where interactions.contact_id is not null
union
select interactions.contact_id
from {{ ref('interactions') }} as interactions
where
    interactions.contact_id is not null
    and interactions.utm_campaign in (select alias_pairs.utm_campaign from alias_pairs)
{%- endif %}
