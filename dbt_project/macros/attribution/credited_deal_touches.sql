{#- The end of a query whose `shared` has a deal's touches with what each gets: what the touch is,
    and its credit in the home currency (R75). -#}
{% macro credited_deal_touches() -%}
select
    touches.deal_id,
    touches.event_id,
    touches.campaign_id,
    touches.contact_id,
    touches.event_type,
    touches.occurred_at,
    touches.closed_at,
    shared.model,
    shared.weight,
    touches.channel,
    {{ decimal_units('shared.credit_cents', 2) }} as credit
from shared
inner join {{ ref('deal_touches') }} as touches on shared.touch_number = touches.touch_number
{%- endmacro %}
