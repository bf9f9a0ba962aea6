-- One row per event whose campaigns an increment computes anew: it changed, or its asset moved, or
-- an alias did (R23, R30, R31). Empty in a full build.
-- depends_on: {{ ref('interactions') }}, {{ ref('changed_association_spans') }}
with aliases as (
    {{ changed_rows(
        'campaign_aliases', ['campaign_id', 'utm_campaign', 'counts_from']
    ) | indent(4) }}
)

select event_id
from {{ ref('interaction_changes') }}
{%- if is_increment() %}
union
select interactions.event_id
from {{ ref('interactions') }} as interactions
inner join {{ ref('changed_association_spans') }} as spans
    on interactions.asset_type = spans.asset_type
    and interactions.asset_id = spans.asset_id
    and interactions.occurred_at >= spans.valid_from
    and (spans.valid_to is null or interactions.occurred_at < spans.valid_to)
union
select interactions.event_id
from {{ ref('interactions') }} as interactions
where
    interactions.event_type = 'page_view'
    and interactions.utm_campaign in (select aliases.utm_campaign from aliases)
{%- endif %}
