-- One row per deal and Markov model whose weights an increment computes anew because a removal
-- effect on its path changed (R78). Empty in a full build.
-- depends_on: {{ ref('deal_touches') }}, {{ ref('attribution_models') }}
with effects as (
    {{ changed_rows('chain_effects', ['campaign_id', 'effect_billionths']) | indent(4) }}
)
{% if is_increment() %}
select distinct touches.deal_id, models.model
from {{ ref('deal_touches') }} as touches
inner join effects on touches.campaign_id is not distinct from effects.campaign_id
inner join {{ ref('attribution_models') }} as models on models.method = 'markov'
{% else %}
    select cast(null as string) as deal_id, cast(null as string) as model
    from effects
    where 1 = 0
{% endif %}
