-- One row per contact whose touches and influence an increment computes anew: its own record or
-- events changed, before or after (R50-R53), or others' events in the session of its conversion
-- did, or an alias on its URL (R51). Empty in a full build.
with records as (
    {{ changed_rows('contacts', ['contact_id', 'created_at', 'is_deleted']) | indent(4) }}
),

aliases as (
    {{ changed_rows(
        'campaign_aliases', ['campaign_id', 'utm_campaign', 'counts_from']
    ) | indent(4) }}
)

select contact_id
from {{ ref('interaction_changes') }}
where contact_id is not null
union
select contact_id
from {{ ref('campaign_interaction_changes') }}
where contact_id is not null
union
select contact_id
from records
{%- if is_increment() %}
union
select conversions.contact_id
from {{ built('contact_conversions') }} as conversions
where
    conversions.session_id in (
        select changes.session_id from {{ ref('campaign_interaction_changes') }} as changes
    )
    or conversions.utm_campaign in (select aliases.utm_campaign from aliases)
{%- endif %}
